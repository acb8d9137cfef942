import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Says where the sources are published. Marketplaces and VS Code only show pictures that have a public URL.
 */

/** How repositories on GitHub are named. */
const named = /^[\w.-]+\/[\w.-]+$/;

/**
 * Returns the URL of a GitHub repository, without user name, password and `.git`. Returns undefined for anything else,
 * such as a path, or a server that others may not reach.
 * @param {string} remote as Git has it: `https://…`, `ssh://…` or `git@…:…`
 * @returns {string | undefined}
 */
export function gitHubUrl(remote) {
  const found = /^(?:(?:https|ssh):\/\/(?:[^/]*@)?github\.com(?::\d+)?\/|[^@/]+@github\.com:)(.+?)(?:\.git)?\/?$/.exec(
    remote.trim(),
  );
  return found?.[1] !== undefined && named.test(found[1]) ? `https://github.com/${found[1]}` : undefined;
}

/**
 * Returns the repository's URL: of package.json, of GitHub's workflow, or of Git's remote `origin`. Undefined if none of
 * them names one.
 * @param {string} folder the project's
 * @param {object} manifest
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function repositoryUrl(folder, manifest, env = process.env) {
  /** @type {{ repository?: string | { url?: string } }} */
  const { repository } = manifest;
  const given = gitHubUrl((typeof repository === 'string' ? repository : repository?.url) ?? '');
  return given ?? workflowUrl(env) ?? gitHubUrl(originOf(folder));
}

/** @param {NodeJS.ProcessEnv} env */
function workflowUrl({ GITHUB_SERVER_URL: server = 'https://github.com', GITHUB_REPOSITORY: name = '' }) {
  if (!named.test(name) || !URL.canParse(server) || new URL(server).protocol !== 'https:') {
    return undefined;
  }
  // An origin has neither user name nor password.
  return `${new URL(server).origin}/${name}`;
}

/** Returns the URL of Git's remote `origin`; empty if there's none. @param {string} folder */
function originOf(folder) {
  // Without this check, Git would answer for a repository that contains the folder.
  if (!existsSync(join(folder, '.git'))) {
    return '';
  }
  try {
    const git = {
      cwd: folder,
      stdio: /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'pipe', 'ignore']),
    };
    return execFileSync('git', ['remote', 'get-url', 'origin'], { ...git, encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * Returns the README as the package has it: without what only concerns people who have the sources, and without
 * pictures if they have no URL.
 * @param {string} text @param {boolean} withPictures
 */
export function packagedReadme(text, withPictures) {
  // Git writes other line ends on Windows, unless it's told not to.
  const read = text.replaceAll('\r\n', '\n').replace(/^<!-- repository -->\n[^]*?^<!-- \/repository -->\n+/gm, '');
  return withPictures ? read : read.replace(/^ *!\[.*\]\(media\/.*\)\n+/gm, '');
}
