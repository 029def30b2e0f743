"""Makes calls of a client, and prints what came of each as a line of JSON, which foreign.ts reads."""

import json
import sys
import traceback


class Calls:
    """Runs calls. `known` has the client's own bugs: from a call's name to the reason why it cannot work."""

    def __init__(self, known=None):
        self.known = known or {}

    def __call__(self, name, function, check=None):
        """Runs one call and returns what it returned. It works if nothing is raised and `check` accepts the result."""
        try:
            result = function()
            problem = check(result) if check else None
        except (Exception, SystemExit) as error:
            result = None
            problem = "".join(traceback.format_exception_only(type(error), error)).strip() or type(error).__name__
        line = {"call": name, "problem": problem, "known": self.known.get(name)}
        print(json.dumps(line), file=sys.__stdout__, flush=True)
        return result
