import type { Input } from './inputs';

/** A client that reads another vendor's key from its own variable, as OpenAI's does. */
const client =
  'class Client { constructor({ apiKey = process.env.OTHER_VENDORS_KEY, baseURL }) { console.log(apiKey, baseURL); } }';
/** What JSX is compiled to. */
export const jsx =
  'const React = { createElement: (name, attributes, ...children) => JSON.stringify({ name, attributes, children }) };';

export const javascript: readonly Input[] = [
  ['runs', 'a plain assignment', ["const token = '«X»';", 'console.log(token);']],
  ['runs', 'text around the value', ['console.log("Bearer `x` «X» ${y}");']],
  ['runs', 'a template', ['console.log(`Bearer «X»`);']],
  ['runs', 'a template within a template', ['console.log(`a${`Bearer «X»`}b`);']],
  ['runs', 'a text within a template', ["console.log(`a${'«X»'}b`);"]],
  ['placeholder', 'a tagged template', ['console.log(String.raw`«X»`);']],
  ['runs', 'code after a regular expression with a quote', ['const quote = /"/; console.log("«X»", quote.source);']],
  ['runs', 'code after a division', ['const a = 4 / 2; console.log("«X»" + a / 1);']],
  ['runs', 'a return without a space', ['const f = () => { return"«X»" };', 'console.log(f());']],
  ['runs', 'a client', [client, 'new Client({ apiKey: "«X»", baseURL: "https://infer.e2enetworks.net" });']],
  ['runs', 'the module process', ["const process = require('node:process');", 'console.log("«X»", process.title);']],
  ['placeholder', 'another process', ['const process = { env: {} };', 'console.log("«X»", process);']],
  ['placeholder', 'a statement that begins with the value', ['const a = console.log', '"«X»".length', 'a(1);']],
  ['runs', 'a sum', ['console.log("a" + "«X»" + 1);']],
  ['runs', 'a method of the text', ['console.log("«X»".length > 3, "x".toUpperCase());']],
  ['runs', 'a condition', ['console.log("«X»" ? 1 : 2, 1 ? "a" : "b");']],
  ['placeholder', 'the name of a property', ['console.log({ "«X»": 1 });']],
  ['placeholder', 'a directive', ['"«X»";', 'console.log(1);']],
  ['placeholder', 'a comment', ['console.log(1); // "«X»"']],
  ['placeholder', 'a regular expression', ['console.log(/«X»/.source);']],
  ['placeholder', 'an octal escape', ["console.log('\\101 «X»');"]],
  ['runs', 'an escaped quote', ["console.log('it\\'s «X»');"]],
  ['runs', 'default values', ['const f = ({ a = "«X»" } = {}, b = "c") => a + b;', 'console.log(f());']],
  ['runs', 'a class', ['class A { static token = "«X»"; }', 'console.log(A.token);']],
  ['runs', 'a case', ['switch ("a") { case "«X»": console.log(1); break; default: console.log(2); }']],
  ['runs', 'a throw', ['try { throw "«X»"; } catch (error) { console.log(error); }']],
  ['runs', 'a text over two lines', ["console.log('a \\\nb «X»');"]],
  ['runs', 'a JSX attribute', [jsx, 'console.log(<api token="«X»" other=\'b\' />);']],
  ['runs', 'a JSX attribute with text around the value', [jsx, 'console.log(<api header="Bearer «X»" />);']],
  ['runs', 'a JSX attribute at the start of a line', [jsx, 'console.log(<api', 'token="«X»"', '/>);']],
  ['placeholder', 'a JSX attribute with an entity', [jsx, 'console.log(<api header="a &amp; «X»" />);']],
  ['runs', 'JSX text', [jsx, 'console.log(<code>«X»</code>);']],
  ['runs', 'JSX with an expression', [jsx, 'console.log(<api token={"«X»"} />);']],
];

export const typescript: readonly Input[] = [
  ['runs', 'a strict constant', ["const token: string = '«X»';", 'console.log(token);']],
  ['runs', 'an argument', ['const show = (token: string) => console.log(token);', 'show("«X»");']],
  [
    'runs',
    'an interface',
    [
      'interface Options { readonly apiKey: string }',
      "const options: Options = { apiKey: '«X»' };",
      'console.log(options);',
    ],
  ],
  [
    'runs',
    'a header',
    ["const headers: Record<string, string> = { Authorization: 'Bearer «X»' };", 'console.log(headers);'],
  ],
  ['placeholder', 'a type', ["type Token = '«X»';", 'const token = "" as Token;', 'console.log(typeof token);']],
  [
    'placeholder',
    'a template type',
    ['type Token = `a«X»`;', 'const token = "" as unknown as Token;', 'console.log(typeof token);'],
  ],
  ['placeholder', 'an enumeration', ["enum Token { Mine = '«X»' }", 'console.log(Token.Mine);']],
  ['placeholder', 'a constant assertion', ["const token = '«X»' as const;", 'console.log(token);']],
  ['runs', 'an assertion', ["const token = '«X»' as string;", 'console.log(token);']],
  [
    'runs',
    'a satisfied type',
    ["const options = { token: '«X»' } satisfies { token: string };", 'console.log(options);'],
  ],
  ['runs', 'a generic call', ['const same = <T>(value: T): T => value;', "console.log(same<string>('«X»'));"]],
  [
    'runs',
    'a field',
    ["class A { private readonly token: string = '«X»'; show() { console.log(this.token); } }", 'new A().show();'],
  ],
  ['runs', 'a parameter', ["function f(token = '«X»'): string { return token; }", 'console.log(f());']],
  ['runs', 'a function that returns it', ["const f = (): string => '«X»';", 'console.log(f());']],
  ['runs', 'a fallback', ['const other: string | undefined = undefined;', "console.log(other ?? '«X»');"]],
  ['runs', 'a non-null assertion', ["const list: readonly string[] = ['«X»'];", 'console.log(list[0]!);']],
];
