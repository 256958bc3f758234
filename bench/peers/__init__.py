"""What a team would write instead: handlers that do the portal's table calls and nothing else.

Each module has `handler(event, context)` for API Gateway's events and answers the rows of `bench/plan.py`. Each sends
the very requests that the portal has sent, reads every item that comes, and gives all of it back: as JSON, or as a page
of the portal's markup. None checks a session, a role, a key or another site's request, opens a sealed name, judges a
step or speaks a second language; a transaction's values are serialized, its conditions are at hand. So each has less to
do than the portal. What is needed for pages only is loaded for pages only.
"""
