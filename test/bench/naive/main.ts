import fetch from 'node-fetch';
import * as v from 'valibot';
import * as vscode from 'vscode';

/*
 * The extension's main job, done in the obvious way: it loads and requests everything at the start, keeps the variable
 * in a persistent collection, calls the API for every command, and redraws the whole tree for every event.
 */

const token = v.looseObject({
  id: v.number(),
  token_name: v.string(),
  created_at: v.string(),
  auth_token: v.optional(v.string()),
});
type Token = v.InferOutput<typeof token>;
const credentials = v.object({ token: v.string(), apiKey: v.string(), projectId: v.number(), location: v.string() });

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { secrets, environmentVariableCollection: collection } = context;
  const changed = new vscode.EventEmitter<undefined>();
  let tokens: Token[] = [];

  const call = async (method: string, path = '', body?: unknown): Promise<unknown> => {
    const as = v.parse(credentials, JSON.parse((await secrets.get('credentials')) ?? ''));
    const query = `project_id=${as.projectId}&location=${as.location}&apikey=${as.apiKey}`;
    const apiUrl = vscode.workspace.getConfiguration('naive').get<string>('apiUrl') ?? '';
    const response = await fetch(`${apiUrl}/auth-token/${path}?${query}`, {
      method,
      headers: { authorization: `Bearer ${as.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return ((await response.json()) as { data: unknown }).data;
  };
  const refresh = async () => {
    tokens = v.parse(v.array(token), await call('GET'));
    changed.fire(undefined);
  };
  const use = async (value: string) => {
    await secrets.store('inUse', value);
    collection.replace('NAIVE_TOKEN', value);
    changed.fire(undefined);
  };

  const tree = vscode.window.createTreeView<Token>('naive.tokens', {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: () => tokens,
      getTreeItem: ({ token_name: name, created_at: created, id }) => {
        const item = new vscode.TreeItem(name);
        item.description = new Date(created).toLocaleDateString();
        item.tooltip = new vscode.MarkdownString(`**${name}**\n\nId: ${id}\n\nCreated: ${created}`);
        item.iconPath = new vscode.ThemeIcon('key');
        return item;
      },
    },
  });
  context.subscriptions.push(
    tree,
    secrets.onDidChange(() => changed.fire(undefined)),
    vscode.workspace.onDidChangeConfiguration(() => changed.fire(undefined)),
    vscode.window.onDidChangeActiveTextEditor(() => changed.fire(undefined)),
    vscode.window.onDidOpenTerminal(() => changed.fire(undefined)),
    vscode.commands.registerCommand('naive.refresh', refresh),
    vscode.commands.registerCommand('naive.createToken', async (name: string) => {
      const made = v.parse(token, await call('POST', '', { token_name: name }));
      await use(made.auth_token ?? '');
      await refresh();
    }),
    vscode.commands.registerCommand('naive.deleteToken', async (id: number) => {
      await call('DELETE', `${id}/`);
      await refresh();
    }),
    vscode.commands.registerCommand('naive.useToken', use),
  );
  collection.replace('NAIVE_TOKEN', (await secrets.get('inUse')) ?? '');
  await refresh();
}
