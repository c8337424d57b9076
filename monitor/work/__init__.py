"""How chunks of work run: costly work in worker processes, story memory beside the store.

Nothing is imported here: a worker process loads `monitor.work.tasks` alone.
"""
