"""Run a Python module that ends when its parent is gone: `python -m webinar_site.parent_watch FD MODULE ARGUMENTS`.

FD is the reading end of a pipe whose other end only the parent holds, so it reads "end of file" when the parent
is gone, however it went.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 8.0  # seconds to end cleanly without the parent


def hold(end_of_lifeline: int) -> None:
    """Wait for the end of the parent, then end this process: first politely, then with all it has started."""
    os.read(end_of_lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    descriptor, module, *arguments = sys.argv[1:]
    threading.Thread(target=hold, args=(int(descriptor),), daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
