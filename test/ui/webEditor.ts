import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';

import fastify from 'fastify';

import { vscodeHome, type Editor } from '../../scripts/vscode-server.mjs';

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ttf: 'font/ttf',
  wasm: 'application/wasm',
};

/**
 * An editor that runs in the browser alone, with no server behind it, as vscode.dev does: there are no terminals, and
 * extensions run in a web worker. It is the workbench of the VS Code server, told that there is no server.
 * @param extension folder of the one that it has
 */
export async function startWebEditor(
  editor: Editor,
  extension: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<{ url: string; stop(): Promise<void> }> {
  const home = vscodeHome(editor);
  const app = fastify({ forceCloseConnections: true });
  // The half of the key to the secret storage that stays with the server, as vscode.dev and code-server keep it.
  const key = randomBytes(32);
  app.post('/mint-key', (_, reply) => reply.type('application/octet-stream').send(key));
  app.get('/', async (request, reply) => {
    const configuration = {
      additionalBuiltinExtensions: [{ scheme: 'http', authority: request.host, path: '/extension' }],
      configurationDefaults: settings,
      enableWorkspaceTrust: false,
      productConfiguration: { enableTelemetry: false },
      // code-server's build does not start without these.
      userDataPath: '/',
      isEnabledFileDownloads: true,
      isEnabledFileUploads: true,
      isEnabledCoderGettingStarted: false,
    };
    const page = await readFile(join(home, 'out/vs/code/browser/workbench/workbench.html'), 'utf8');
    const filled = page
      .replace('{{WORKBENCH_WEB_CONFIGURATION}}', JSON.stringify(configuration).replaceAll('"', '&quot;'))
      .replaceAll('{{WORKBENCH_WEB_BASE_URL}}', '/editor')
      .replaceAll(/\{\{WORKBENCH_NLS\w*_URL\}\}/g, '/editor/out/nls.messages.js')
      .replace(/\{\{\w+\}\}/g, '');
    return reply.type('text/html').send(filled);
  });
  app.get<{ Params: { '*': string } }>('/*', async (request, reply) => {
    const [, top, path = ''] = /^\/(\w+)(\/.*)$/.exec(normalize(`/${request.params['*']}`)) ?? [];
    const folder = top === 'editor' ? home : top === 'extension' ? extension : undefined;
    let content = folder && (await readFile(join(folder, path)).catch(() => undefined));
    if (content === undefined) {
      return reply.code(404).send();
    }
    if (path.endsWith('/workbench/workbench.js')) {
      content = Buffer.from(withoutServer(content.toString()));
    }
    const type = types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return reply.type(type).send(content);
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, stop: () => app.close() };
}

/** code-server's build takes the page's host for a server, and keeps a person's data there; VS Code's own keeps it in the browser. */
function withoutServer(workbench: string): string {
  return workbench
    .replace('remoteAuthority:location.host', 'remoteAuthority:void 0')
    .replace(
      /\w+\((\w+)\.file\(this\.userDataPath\)\.with\(\{scheme:(\w+)\.vscodeRemote\}\),"User"\)/,
      '$1.file("/User").with({scheme:$2.vscodeUserData})',
    );
}
