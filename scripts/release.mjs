import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { root } from './root.mjs';

/*
 * What the release workflow does besides building:
 * - `node scripts/release.mjs notes TAG` checks a tag, and prints the section of CHANGELOG.md for the release.
 * - `node scripts/release.mjs publish FILE` publishes a package wherever a secret is set.
 */

/**
 * Returns the text of a version's section in CHANGELOG.md. Throws an error if the tag, package.json and CHANGELOG.md
 * don't agree on the version.
 * @param {{ tag: string, version: string, changelog: string }} release
 */
export function notesFor({ tag, version, changelog }) {
  // The Marketplace accepts no other form, such as one with "-beta".
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`package.json has version ${version}. Use three numbers, such as 1.2.3.`);
  }
  if (tag !== `v${version}`) {
    throw new Error(`The tag is ${tag}, but package.json has version ${version}. Tag the commit as v${version}.`);
  }
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => [version, `[${version}]`].includes(text.split(' ')[0] ?? ''));
  const [heading = '', ...lines] = section?.split('\n') ?? [];
  if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading)) {
    throw new Error(`CHANGELOG.md has no section "## ${version} - YYYY-MM-DD". Add it, with the date of the release.`);
  }
  const notes = lines.join('\n').trim();
  if (notes === '') {
    throw new Error(`The section of CHANGELOG.md for ${version} is empty. Say what changed.`);
  }
  return notes;
}

/** Places to publish to, each with the variable that has its access token. The tools read it themselves. */
const stores = [
  { name: 'the Visual Studio Marketplace', secret: 'VSCE_PAT', tool: '@vscode/vsce/vsce' },
  { name: 'Open VSX', secret: 'OVSX_PAT', tool: 'ovsx/bin/ovsx' },
];

/**
 * Publishes a package wherever a secret is set. Each tool gets its own secret only. A place that fails doesn't keep the
 * package from the others.
 * @param {string} file
 * @param {NodeJS.ProcessEnv} environment
 * @param {(program: string, args: string[], env: NodeJS.ProcessEnv) => string} run returns the output
 * @returns {{ said: string[], hasFailed: boolean }} what happened, a sentence for each place
 */
export function publish(file, environment, run) {
  const secrets = stores.map(({ secret }) => secret);
  const env = Object.fromEntries(Object.entries(environment).filter(([variable]) => !secrets.includes(variable)));
  let hasFailed = false;
  const said = stores.map(({ name, secret, tool }) => {
    const value = environment[secret];
    // GitHub sets a variable to the empty string if its secret doesn't exist.
    if (!value) {
      return `Not published to ${name}: the secret ${secret} isn't set.`;
    }
    // A workflow that runs again must get past a store that already has this version.
    const args = ['publish', '--packagePath', file, '--skip-duplicate'];
    try {
      const output = run(process.execPath, [join(root, 'node_modules', tool), ...args], { ...env, [secret]: value });
      // Both tools say so with `--skip-duplicate`.
      return output.includes('is already published.') ? `Already published to ${name}.` : `Published to ${name}.`;
    } catch {
      hasFailed = true;
      return `Couldn't publish to ${name}. The log says why.`;
    }
  });
  return { said, hasFailed };
}

/** @param {string | undefined} command @param {string} argument */
function main(command, argument) {
  if (command === 'notes') {
    const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
    const { version } = JSON.parse(read('package.json'));
    console.log(notesFor({ tag: argument, version, changelog: read('CHANGELOG.md') }));
  } else {
    const { said, hasFailed } = publish(argument, process.env, (program, args, env) => {
      const { error, status, stdout, stderr } = spawnSync(program, args, {
        env,
        encoding: 'utf8',
        maxBuffer: Infinity,
      });
      const output = error ? error.message : `${stdout}${stderr}`;
      console.log(output);
      if (status !== 0) {
        throw new Error(`It ended with ${status}.`);
      }
      return output;
    });
    console.log(said.join('\n'));
    const { GITHUB_STEP_SUMMARY: summary } = process.env;
    if (summary) {
      appendFileSync(summary, said.map((sentence) => `- ${sentence}\n`).join(''));
    }
    process.exitCode = hasFailed ? 1 : 0;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , command, argument = ''] = process.argv;
  try {
    main(command, argument);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
