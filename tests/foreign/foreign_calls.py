"""Makes calls of a client, and prints the result of each as a line of JSON, which foreign.ts reads."""

import json
import os
import sys
import tempfile
import traceback


class Calls:
    """Runs calls. `known` says of some calls why they cannot work: most are bugs of the client."""

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


def command(main, words, environment, folder=None):
    """Runs a command line in a fork of this process, which has loaded its modules; returns code, stdout and stderr."""
    streams = [tempfile.TemporaryFile(), tempfile.TemporaryFile()]
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number, stream in enumerate(streams, 1):
                os.dup2(stream.fileno(), number)
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder or ".")
            sys.argv = ["command", *words]
            code = main()
        except SystemExit as exit:
            code = exit.code
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else int(code is not None))
    _, status = os.waitpid(child, 0)
    texts = []
    for stream in streams:
        with stream:
            stream.seek(0)
            texts.append(stream.read().decode())
    return os.waitstatus_to_exitcode(status), *texts
