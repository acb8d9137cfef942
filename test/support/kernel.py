"""A Jupyter kernel behind lines of JSON, for the stand-in of the Jupyter extension.

Reads {"op": "execute", "code": "…"} (as the extension's `executeCode` sends it), {"op": "run", "code": "…"} (as a cell
does), {"op": "restart"}; ends at the end of the input. Answers each line with {"printed": "…", "shown": …}, where
`shown` counts other outputs.
"""
import json
import sys

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="python3")


def execute(code, is_cell):
    printed, shown = [], []

    def note(message):
        content = message["content"]
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            printed.append(content["text"])
        elif message["msg_type"] in ("stream", "error", "display_data", "execute_result"):
            shown.append(message["msg_type"])

    client.execute_interactive(
        code, silent=False, store_history=is_cell, allow_stdin=False, stop_on_error=False, output_hook=note
    )
    return {"printed": "".join(printed), "shown": len(shown)}


def restart():
    manager.restart_kernel(now=True)
    client.wait_for_ready()
    return {"printed": "", "shown": 0}


print(json.dumps({"printed": "", "shown": 0}), flush=True)
for line in sys.stdin:
    given = json.loads(line)
    answer = restart() if given["op"] == "restart" else execute(given["code"], given["op"] == "run")
    print(json.dumps(answer), flush=True)
client.stop_channels()
manager.shutdown_kernel(now=True)
