"""What a team would write instead: handlers that do the portal's table calls and nothing else.

Each module has `handler(event, context)` for API Gateway's events and answers the four cases of `bench/plan.py`: one
issue, a list of 20, a transaction, a page of 20 rows. None of them checks a session, a role, an input or another site's
request, writes an audit row, or speaks a second language; they only do the same round trips with the same requests.
"""
