import type { Input } from './inputs';

/** Scripts for `sh`. */
export const shell: readonly Input[] = [
  ['runs', 'double quotes', ['printf %s "Bearer «X»"']],
  ['runs', 'a bracket right after the value', ['printf %s "«X»[0]"']],
  ['runs', 'a here-document whose word is a mark', ['cat <<!', '"«X»"', '!', "printf %s 'a'"]],
  ['runs', 'single quotes', ["printf %s 'Bearer «X»'"]],
  ['runs', 'single quotes around double ones', [`printf %s '{"token": "«X»"}'`]],
  ['runs', 'a word', ['printf %s «X»']],
  ['runs', 'part of a word', ['printf %s --token=«X»']],
  ['runs', 'text right after the value', ['printf %s "«X»_abc"']],
  ['runs', 'a command in a text', ['printf %s "a $(printf %s \'«X»\') b"']],
  ['runs', 'a text in a command in a text', ['printf %s "a $(printf %s "«X»") b"']],
  ['runs', 'old substitution', ['printf %s "a `printf %s «X»` b"']],
  ['runs', 'a here-document', ['cat <<EOF', '{"token": "«X»"} # text', "it's", 'EOF', 'printf %s 1']],
  ['runs', 'a here-document with tabs', ['cat <<-EOF', '\t«X»', '\tEOF', 'printf %s 1']],
  ['placeholder', 'a quoted here-document', ["cat <<'EOF'", '«X»', 'EOF']],
  ['runs', 'a value after a here-document', ["cat <<'EOF'", "it's", 'EOF', 'printf %s «X»']],
  ['placeholder', 'a comment', ['printf %s 1 # «X»']],
  ['runs', 'a number sign within a word', ['printf %s a#«X»']],
  ['runs', 'a value after the length of a variable', ['a=bc; printf %s "${#a}" ${a#b} «X»']],
  ['runs', 'several lines', ['printf %s \\', '  -H "Authorization: Bearer «X»" \\', '  end']],
  ['runs', 'an exported variable', ['export TIR_API_TOKEN=«X»', 'printenv TIR_API_TOKEN']],
  [
    'runs',
    'an exported variable in quotes, with a comment',
    ['export TIR_API_TOKEN="«X»" # mine', 'printenv TIR_API_TOKEN'],
  ],
  [
    'runs',
    'an exported variable in a condition',
    ['if true; then export TIR_API_TOKEN=«X»; fi', 'printenv TIR_API_TOKEN'],
  ],
  ['runs', 'an argument like an assignment', ["printf '%s ' \\", '  TIR_API_TOKEN=«X» b']],
  ['runs', 'a text about export', ['echo export TIR_API_TOKEN=«X»']],
  ['runs', 'an argument of another name', ["printf '%s ' --set-env-vars A=1,TIR_API_TOKEN=«X»,B=2"]],
  ['runs', 'an exported variable after another', ['export A=b TIR_API_TOKEN=«X»', 'printenv A TIR_API_TOKEN']],
  ['runs', 'a variable of one command after another', ['A=b TIR_API_TOKEN=«X» printenv A TIR_API_TOKEN']],
  [
    'runs',
    'an argument of a program whose environment is another',
    [`env -i "PATH=$PATH" sh -c 'printf %s "$1"' sh TIR_API_TOKEN=«X»`],
  ],
  ['placeholder', 'a variable that has another value', ['TIR_API_TOKEN=old', 'printf %s "$TIR_API_TOKEN" «X»']],
  ['runs', 'a variable', ["TIR_API_TOKEN='«X»'", 'printf %s "$TIR_API_TOKEN"']],
  ['runs', 'a variable of one command', ['TIR_API_TOKEN=«X» printenv TIR_API_TOKEN']],
  ['runs', 'an argument that sets a variable', ['env TIR_API_TOKEN=«X» printenv TIR_API_TOKEN']],
  ['runs', 'another variable', ['OTHER="«X»"', 'printf %s "$OTHER"']],
  ['runs', 'a default value', ['printf %s "${OTHER:-«X»}"']],
  ['runs', 'a default value of itself', ['printf %s "${TIR_API_TOKEN:-«X»}"']],
  [
    'runs',
    'a variable set to a default value',
    ['export TIR_API_TOKEN="${TIR_API_TOKEN:-«X»}"', 'printenv TIR_API_TOKEN'],
  ],
  ['runs', 'a line that is written to a file', ['echo "TIR_API_TOKEN=«X»"']],
  ['runs', 'a function', ['f() {', '  printf %s "«X»"', '}', 'f']],
  ['runs', 'a case', ['case a in', '  a) printf %s "«X»" ;;', 'esac']],
  ['placeholder', 'a case within a substitution', ['printf %s "$(case a in a) printf %s "«X»" ;; esac)"']],
  ['placeholder', 'a backslash before the value', ['printf %s "\\«X»"']],
  ['placeholder', 'a dollar sign before the value', ['printf %s "$«X»"']],
  ['runs', 'a quote in a comment', ["# it's", 'printf %s "«X»"']],
];

/** Scripts for bash. */
export const bash: readonly Input[] = [
  ['runs', 'an array of assignments', ['a=(', '  TIR_API_TOKEN=«X»', ')', 'printf %s "${a[@]}"']],
  ['runs', 'C-like quotes', ["printf %s $'a\\'b «X»'"]],
  ['runs', 'an array', ['a=(-H "Bearer «X»" «X2»)', 'printf %s "${a[@]}"'].map((line) => line.replace(' «X2»', ''))],
  ['runs', 'a comparison', ['[[ a == «X» ]] || printf %s "no"']],
  ['runs', 'a here-string', ['cat <<< "«X»"']],
  ['runs', 'substitution of a process', ['cat <(printf %s "«X»")']],
];

/** Lines of a `.env` file, which Docker Compose, python-dotenv and shells read. */
export const dotenv: readonly Input[] = [
  ['runs', 'another variable', ['OTHER=«X»']],
  ['runs', 'double quotes', ['OTHER="«X»"']],
  ['runs', 'single quotes', ["OTHER='«X»'"]],
  ['runs', 'text around the value', ['OTHER="Bearer «X» end"']],
  ['runs', 'an exported variable', ['export OTHER=«X»']],
  ['runs', 'a value with a number sign', ['OTHER=a#«X»']],
  ['runs', 'a comment after the value', ['OTHER=«X» # mine']],
  ['placeholder', 'a comment', ['A=b # «X»']],
  ['placeholder', 'a line that is a comment', ['A=b', '# OTHER=«X»']],
  ['placeholder', 'a value of several lines', ["A='", 'OTHER=«X»', "'"]],
  ['placeholder', 'single quotes with a dollar sign', ["OTHER='$a «X»'"]],
];

/** Lines that set the variable itself, which terminals have without them. */
export const ownVariable: readonly Input[] = [
  ['runs', 'one of several', ['A=b', 'TIR_API_TOKEN=«X»', 'C=d']],
  ['runs', 'an exported variable', ['export TIR_API_TOKEN="«X»"']],
  ['runs', 'single quotes', ["TIR_API_TOKEN='«X»'"]],
  ['runs', 'a comment after the value', ['TIR_API_TOKEN=«X» # mine']],
  ['runs', 'the last line without a line break', ['A=b', 'TIR_API_TOKEN=«X»']],
  ['placeholder', 'text around the value', ['TIR_API_TOKEN="Bearer «X»"']],
];
