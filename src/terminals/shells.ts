import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** A kind of shell, by how the command that asks it is written. */
export type ShellKind = 'posix' | 'fish' | 'powershell' | 'other';

export interface Shell {
  /** Such as `bash`. */
  readonly name: string;
  readonly kind: ShellKind;
  /** Whether VS Code's shell integration works in it. */
  readonly isIntegrated: boolean;
}

/** @param path of the shell's program; `.exe` on Windows */
export function shellAt(path: string): Shell {
  const name = basename(path.replaceAll('\\', '/'))
    .replace(/\.exe$/i, '')
    .toLowerCase();
  const isIntegrated = ['bash', 'zsh', 'fish', 'pwsh', 'powershell'].includes(name);
  return { name, kind: kinds[name] ?? 'other', isIntegrated };
}

const kinds: Readonly<Record<string, ShellKind>> = {
  bash: 'posix',
  zsh: 'posix',
  sh: 'posix',
  dash: 'posix',
  ksh: 'posix',
  fish: 'fish',
  pwsh: 'powershell',
  powershell: 'powershell',
};

/**
 * Returns a command that prints the SHA-256 of the key and a variable's value; undefined if there's none for the shell.
 * The value is in no program's arguments. The space keeps the command out of the history of shells that are set up so.
 * It ends after a pause, because VS Code 1.96 drops what a command prints in its last 50 ms.
 */
export function digestCommand(kind: ShellKind, key: string, variable: string): string | undefined {
  switch (kind) {
    case 'posix':
      // Not an error if the shell refuses unset variables.
      return hashed(`"${key}\${${variable}-}"`);
    case 'fish':
      return hashed(`"${key}$${variable}"`);
    case 'powershell':
      return ` [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes("${key}$env:${variable}"))).Replace('-', ''); Start-Sleep -Milliseconds 200`;
    case 'other':
      return undefined;
  }
}

function hashed(text: string): string {
  const hashedBy = (program: string) => `printf %s ${text} | ${program} 2>/dev/null`;
  return ` ${hashedBy('sha256sum')} || ${hashedBy('shasum -a 256')}; sleep 0.2`;
}

/** Returns the files that a shell of this person reads at its start. @param runsCommand as in `bash -c` */
export function startUpFiles(
  { name }: Shell,
  runsCommand: boolean,
  env = process.env,
  home = homedir(),
): readonly string[] {
  const files = filesByShell(env, home)[name] ?? [];
  return runsCommand ? files.filter((file) => isForCommands.test(file)) : files;
}

/** Files that a shell reads even if it only runs a command. */
const isForCommands = /(?:\.zshenv|\.t?cshrc|config\.fish|\.ps1)$/;

/** Returns the files that any shell or session of this person reads at its start, those of `shell` first. */
export function allStartUpFiles(shell: Shell, env = process.env, home = homedir()): readonly string[] {
  const sessions = ['.bash_profile', '.profile', '.pam_environment'].map((name) => join(home, name));
  const others = [...Object.values(filesByShell(env, home)).flat(), ...sessions, '/etc/environment'];
  return [...new Set([...startUpFiles(shell, false, env, home), ...others])];
}

function filesByShell(env: NodeJS.ProcessEnv, home: string): Readonly<Record<string, readonly string[]>> {
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const inHome = (...names: readonly string[]) => names.map((name) => join(home, name));
  return {
    // VS Code starts login shells on macOS only.
    bash: inHome('.bashrc', ...(process.platform === 'darwin' ? ['.bash_profile', '.bash_login', '.profile'] : [])),
    zsh: ['.zshenv', '.zprofile', '.zshrc', '.zlogin'].map((name) => join(env['ZDOTDIR'] ?? home, name)),
    fish: [join(config, 'fish', 'config.fish')],
    // A shell that isn't a login shell reads only the file that this variable names.
    ...Object.fromEntries(['sh', 'dash', 'ksh'].map((name) => [name, env['ENV'] ? [env['ENV']] : []])),
    csh: inHome('.cshrc'),
    tcsh: inHome('.tcshrc', '.cshrc'),
    nu: [join(config, 'nushell', 'env.nu'), join(config, 'nushell', 'config.nu')],
    xonsh: inHome('.xonshrc'),
    elvish: [join(config, 'elvish', 'rc.elv')],
    pwsh: ['profile.ps1', 'Microsoft.PowerShell_profile.ps1', 'Microsoft.VSCode_profile.ps1'].map((name) =>
      join(config, 'powershell', name),
    ),
  };
}

/** A value in quotes, or without any. */
const word = `"[^"]*"|'[^']*'|[^\\s"';#]*`;

/** A line that sets a variable. */
export interface Assignment {
  /** Counted from 0. */
  readonly line: number;
  /** Undefined if only the shell knows it. */
  readonly value?: string;
  /** Whether the line may not be reached, since it's within a condition or a function. */
  readonly mayBeSkipped: boolean;
}

/**
 * Finds the last line that sets a variable; undefined if there's none. Knows how shells, `.env` files and PowerShell set
 * one.
 */
export function findAssignment(text: string, variable: string): Assignment | undefined {
  const keywords = 'export|declare|typeset';
  const patterns = [
    // export NAME=value, NAME=value
    `(?:(?:${keywords})\\s+(?:\\S+\\s+)*?)?${variable}=(${word})\\s*(?:$|[;#])`,
    `export\\s+${variable}=(.*)$`,
    // set -gx NAME value, setenv NAME value
    `(?:set\\s+(?:-\\S+\\s+)+|setenv\\s+)${variable}\\s+(.*)$`,
    // $env:NAME = value, $env.NAME = value, $NAME = value, set-env NAME value
    `(?:\\$(?:env[:.])?${variable}\\s*=|set-env\\s+${variable})\\s*(.*)$`,
  ].map((pattern) => new RegExp(`^(\\s*)${pattern}`));
  const unset = new RegExp(`^(?:unset|set\\s+-(?=\\w*e)\\w+)\\s+(?:\\S+\\s+)*?${variable}(?=\\s|;|$)`);
  const isItself = new RegExp(`\\$(?:\\{|env:)?${variable}\\b`);
  const lines = text.split(/\r?\n/);
  for (let line = lines.length - 1; line >= 0; line--) {
    if (unset.test(lines[line] ?? '')) {
      return undefined;
    }
    for (const pattern of patterns) {
      const [, indentation, value] = pattern.exec(lines[line] ?? '') ?? [];
      // A default for the variable itself doesn't change it.
      if (value !== undefined && !isItself.test(value)) {
        // fish's own example is within a condition that holds.
        return { line, ...literal(value), mayBeSkipped: indentation !== '' && !/^\s*set\b/.test(lines[line] ?? '') };
      }
    }
  }
  return undefined;
}

/** Reads a value in quotes, or without any. Anything else is only known to the shell. */
function literal(text: string): { readonly value?: string } {
  const match = /^(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\;#]+))\s*(?:[;#].*)?$/.exec(text.trim());
  const value = match && (match[1] ?? match[2] ?? match[3]);
  return value ? { value } : {};
}
