"""What API Gateway answers by itself, in the portal's words: unknown paths, too many calls, no answer behind it."""

import json
from typing import Any

#: The gateway's name for it → status, title, detail, seconds after which to try again.
_ANSWERS: dict[str, tuple[int, str, str, int | None]] = {
    # The gateway takes an unknown path for a call that isn't signed: 403 "Missing Authentication Token".
    "MISSING_AUTHENTICATION_TOKEN": (404, "Not found", "There is nothing here.", None),
    # Nothing here is signed by AWS's rules, so these too are unknown paths, asked for with a bearer token.
    "ACCESS_DENIED": (404, "Not found", "There is nothing here.", None),
    "EXPIRED_TOKEN": (404, "Not found", "There is nothing here.", None),
    "INVALID_SIGNATURE": (404, "Not found", "There is nothing here.", None),
    "RESOURCE_NOT_FOUND": (404, "Not found", "There is nothing here.", None),
    "REQUEST_TOO_LARGE": (413, "Too large", "A request may have at most 10 MB.", None),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Wrong type", "The portal can't read this type.", None),
    "THROTTLED": (429, "Too many requests", "Please try again in a moment.", 5),
    "QUOTA_EXCEEDED": (429, "Too many requests", "Please try again in a moment.", 5),
    "INTEGRATION_FAILURE": (503, "Not available", "Please try again in a moment.", 5),
    "INTEGRATION_TIMEOUT": (503, "Not available", "Please try again in a moment.", 5),
    "API_CONFIGURATION_ERROR": (503, "Not available", "Please try again in a moment.", 5),
    "DEFAULT_5XX": (503, "Not available", "Please try again in a moment.", 5),
}
_CHINESE = {
    404: "这里没有内容",
    413: "内容太大",
    415: "无法识别的格式",
    429: "请求太多，请稍后再试",
    503: "暂时无法使用，请稍后再试",
}
_HEADERS = {
    "Cache-Control": "no-store",
    # Empty lists mean 'none', whose quotes the gateway would take for the end of the value.
    "Content-Security-Policy": "default-src; frame-ancestors; base-uri; sandbox",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}


def gateway_answers() -> dict[str, Any]:
    """The gateway's answers, as the API's definition takes them."""
    return {name: _answer(*answer) for name, answer in _ANSWERS.items()}


def _answer(status: int, title: str, detail: str, retry_after_s: int | None) -> dict[str, Any]:
    headers = _HEADERS | ({"Retry-After": str(retry_after_s)} if retry_after_s else {})
    kinds = {"application/problem+json": _problem(status, title, detail)}
    kinds |= {
        "application/json": kinds["application/problem+json"],
        "text/html": _page(status, title, detail),
    }
    return {
        "statusCode": status,
        "responseParameters": {
            f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()
        },
        "responseTemplates": kinds,
    }


def _problem(status: int, title: str, detail: str) -> str:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": "$context.requestId",
    }
    return json.dumps(body)


def _page(status: int, title: str, detail: str) -> str:
    """A page for people, in both languages, since the gateway knows no one's."""
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{_CHINESE[status]} · {title}</title><h1>{_CHINESE[status]}</h1>"
        f'<p lang="en">{title}. {detail}</p></html>'
    )
