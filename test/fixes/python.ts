import type { Input } from './inputs';

const client = [
  'class Client:',
  '    def __init__(self, api_key=None, headers=None): self.api_key, self.headers = api_key, headers',
];

/** Python programs: each prints what it made of the value. */
export const python: readonly Input[] = [
  ['runs', 'a plain assignment', ['token = "«X»"', 'print(token)']],
  ['runs', 'text around the value, with braces', ["print('Bearer «X» {x}')"]],
  ['runs', 'an f-string', ['page = 3', 'print(f"https://a?apikey=«X»&page={page}")']],
  ['runs', 'a value within a nested f-string', ['print(f"Bearer {\'«X»\'}")']],
  ['runs', 'bytes', ['print(b"Bearer «X»".hex())']],
  ['placeholder', 'bytes with an escape', ['print(b"\\xff «X»")']],
  ['placeholder', 'a docstring', ['"""Uses «X»."""', 'print(__doc__)']],
  ['placeholder', "a function's docstring", ['def f():', '    """Uses «X»."""', 'print(f.__doc__)']],
  ['runs', 'a text of several lines', ['body = """{', '  "token": "«X»"', '}"""', 'print(body)']],
  ['runs', 'implicit concatenation', ['print("Bearer " "«X»" " end")']],
  ['placeholder', 'bytes in implicit concatenation', ['print((b"Bearer " b"«X»").decode())']],
  [
    'runs',
    'an import from __future__ over several lines',
    ['from __future__ import (', '    annotations,', '    division,', ')', 'print("«X»")'],
  ],
  ['runs', 'an import below its use', ['token = "«X»"', 'import os', 'print(token, os.sep)']],
  ['runs', 'an import in a docstring', ['"""', 'import os', '"""', 'print("«X»")']],
  ['runs', 'an import in a function', ['def f():', '    import os', '    return os.sep', 'print("«X»", f())']],
  ['placeholder', 'another os', ['os = "linux"', 'print("«X»", os)']],
  ['placeholder', 'a parameter called os', ['def f(os): return "«X»" + os', 'print(f(""))']],
  ['placeholder', 'a comment', ['print(1) # «X»']],
  ['placeholder', 'a pattern', ['match "a":', '    case "«X»": print(1)', '    case _: print(2)']],
  ['runs', 'a method of the text', ['print("«X»".upper())']],
  ['runs', 'a format call', ['print("Bearer «X» {}".format(1), "%s x" % 1)']],
  ['placeholder', 'a named character', ['print("\\N{BULLET} «X»")']],
  ['runs', 'a raw text', ["print(r'\\d «X»')"]],
  ['runs', 'a default value', ['def f(token="«X»"): return token', 'print(f())']],
  ['runs', 'a keyword argument', [...client, 'print(Client(api_key="«X»").api_key)']],
  ['runs', 'a dictionary', [...client, 'print(Client(headers={"Authorization": "Bearer «X»"}).headers)']],
  [
    'runs',
    'a first line for the system, an encoding and a license',
    ['#!/usr/bin/env python3', '# -*- coding: utf-8 -*-', '# License', '', 'print("«X»")'],
  ],
  ['runs', 'Windows line endings', ['"""Doc."""\r', 'import json\r', 'print(json.dumps("«X»"))\r']],
  ['placeholder', 'a docstring and code on one line', ['"""Doc."""; x = (1,', ' 2)', 'print("«X»", x)']],
  ['placeholder', '__future__ and code on one line', ['from __future__ import annotations; x = 1', 'print("«X»", x)']],
  ['runs', 'a keyword right before the quote', ['def f():', '    return"«X»"', 'print(f())']],
  ['placeholder', 'os set among others', ['(os, b) = (1, 2)', 'print("«X»", os)']],
  ['placeholder', 'os in a comprehension', ['print([os for os in ["a"]], "«X»")']],
  ['runs', 'a module of os under another name', ['import os.path as p', 'print("«X»", p.sep)']],
  [
    'placeholder',
    'os imported below in the function',
    ['def f():', '    t = "«X»"', '    import os', '    return t, os.sep', 'print(f())'],
  ],
  ['runs', 'an escaped quote before the value', ['print("\\"«X»\\"")']],
  ['runs', 'an annotation', ['from typing import Final', 'T: Final = "«X»"', 'print(T)']],
];

/** Cells of a notebook, which IPython runs. */
export const cells: readonly Input[] = [
  ['runs', 'a cell', ['print("«X»")']],
  ['runs', 'a cell below magics', ['%load_ext autoreload', '!true', 'print("«X»")']],
  ['runs', 'a timed cell', ['%%capture out', 'token = "«X»"']],
  ['runs', 'a command', ['!printf "%s" "Bearer «X»"']],
  ['runs', 'a cell for bash', ['%%bash', "printf '%s' 'Bearer «X»'"]],
  ['placeholder', 'a command with a variable of Python', ['url = "a"', '!printf "%s %s" "«X»" $url']],
  ['placeholder', 'a line of a text that begins like a command', ['print("""', '!echo «X»', '""")']],
  ['placeholder', 'arguments of a cell for bash', ['%%bash -s «X»', 'printf \'%s\' "$1"']],
  ['placeholder', 'a cell that writes a file', ['%%writefile /dev/null', 'token = "«X»"']],
  ['placeholder', 'an environment variable', ['%env OTHER=«X»']],
  ['placeholder', 'a cell for another language', ['%%javascript', 'console.log("«X»")']],
  ['runs', 'text of several lines with a line that starts with a percent sign', ['print("""', '%s «X»', '""")']],
];
