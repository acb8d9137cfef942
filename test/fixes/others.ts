import type { Input } from './inputs';

/*
 * Languages for which the guard has no code: a placeholder is a text where a text was, whatever is around it.
 */

const placeholders = (inputs: readonly (readonly [what: string, ...lines: string[]])[]): readonly Input[] =>
  inputs.map(([what, ...lines]) => ['placeholder', what, lines]);

export const ruby = placeholders([
  ['a variable', "token = '«X»'", 'puts token'],
  ['text around the value', 'puts "Bearer «X» end"'],
  ['text with code in it', 'puts "Bearer «X» #{1 + 1}"'],
  ['code in a text', 'puts "Bearer #{"«X»"}"'],
  ['a here-document', 'puts <<~EOF', '  «X»', 'EOF'],
  ['a quoted here-document', "puts <<~'EOF'", '  «X»', 'EOF'],
  ['percent quotes', 'puts %q(Bearer «X»)'],
  ['an array of words', 'puts %w[a «X» b].join(",")'],
  ['a hash', "puts({ 'token' => '«X»' })"],
  ['a symbol', 'puts :"«X»"'],
  ['a regular expression', 'puts(/«X»/.source)'],
  ['a comment', 'puts 1 # «X»'],
  ['a block comment', '=begin', '«X»', '=end', 'puts 1'],
  ['a constant', "TOKEN = '«X»'.freeze", 'puts TOKEN'],
  ['a keyword argument', "def f(token: '«X»') = token", 'puts f'],
  ['data after the end', 'puts DATA.read', '__END__', '«X»'],
]);

const page = (...lines: string[]) => ['<?php', ...lines] as const;
export const php = placeholders([
  ['a variable', ...page("$token = '«X»';", 'echo $token;')],
  ['text around the value', ...page('echo "Bearer «X» end";')],
  ['text with a variable', ...page('$a = 1; echo "Bearer «X» {$a}";')],
  ['a here-document', ...page('echo <<<EOF', '«X»', 'EOF;')],
  ['a quoted here-document', ...page("echo <<<'EOF'", '«X»', 'EOF;')],
  ['an array', ...page("echo ['token' => '«X»']['token'];")],
  ['a constant', ...page("const TOKEN = '«X»';", 'echo TOKEN;')],
  ['a defined constant', ...page("define('TOKEN', '«X»');", 'echo TOKEN;')],
  [
    'a class',
    ...page("class A { const TOKEN = '«X»'; public string $b = '«X2»'; }".replace('«X2»', 'b'), 'echo A::TOKEN;'),
  ],
  ['a default value', ...page("function f($token = '«X»') { return $token; }", 'echo f();')],
  ['a comparison', ...page("var_dump('a' === '«X»');")],
  ['a call', ...page("echo strlen('Bearer «X»') > 3;")],
  ['a comment', ...page('echo 1; // «X»')],
  ['a block comment', ...page('/* «X» */ echo 1;')],
  ['text outside of PHP', '<p>«X»</p><?php echo 1;'],
  ['a header', ...page("echo implode(',', ['Authorization: Bearer «X»']);")],
]);

const main = (...lines: string[]) => ['fn main() {', ...lines, '}'] as const;
export const rust = placeholders([
  ['a variable', ...main('let token = "«X»";', 'println!("{}", token);')],
  ['text around the value', ...main('println!("{}", "Bearer «X» end");')],
  ['a format', ...main('println!("Bearer «X» {}", 1);')],
  ['a raw text', ...main('println!("{}", r#"{"token": "«X»"}"#);')],
  ['bytes', ...main('println!("{:?}", b"«X»" == b"«X2»");'.replace('b"«X2»"', 'b"a".as_slice()'))],
  ['a constant', 'const TOKEN: &str = "«X»";', ...main('println!("{}", TOKEN);')],
  ['a static text', 'static TOKEN: &str = "«X»";', ...main('println!("{}", TOKEN);')],
  ['an owned text', ...main('let token = String::from("«X»");', 'println!("{}", token);')],
  ['a fallback', ...main('println!("{}", std::env::var("A_B_C").unwrap_or("«X»".to_string()));')],
  ['a pattern', ...main('match "a" { "«X»" => println!("1"), _ => println!("2") }')],
  ['a vector', ...main('println!("{}", vec!["a", "«X»"].join(","));')],
  ['a structure', "struct A { token: &'static str }", ...main('println!("{}", A { token: "«X»" }.token);')],
  ['a comment', ...main('println!("1"); // «X»')],
  ['a block comment', ...main('/* /* «X» */ */ println!("1");')],
  ['an attribute', '#[doc = "«X»"]', ...main('println!("1");')],
]);
