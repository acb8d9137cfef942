import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { root } from './root.mjs';

/*
 * `npm run reference` updates the tables of docs/reference.md from package.json and package.nls.json. It keeps the
 * second column of the table of commands, which people write.
 */

/** @typedef {{ command?: string, when?: string, group?: string }} MenuItem */
/**
 * @typedef {object} Setting
 * @property {unknown} default
 * @property {number} order
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {string[]} [enum]
 * @property {string[]} [enumDescriptions]
 * @property {{ enum: string[] }} [items]
 * @property {string} markdownDescription
 */
/**
 * @typedef {object} Manifest
 * @property {{ untrustedWorkspaces: { restrictedConfigurations: string[] } }} capabilities
 * @property {object} contributes
 * @property {{ command: string, title: string }[]} contributes.commands
 * @property {Record<string, MenuItem[]>} contributes.menus
 * @property {{ properties: Record<string, Setting> }} contributes.configuration
 */

const file = join(root, 'docs', 'reference.md');
/** Columns of the table of commands. */
const commandColumns = ['Command', 'What it does', 'Also in'];
const settingColumns = ['Setting', 'Default', 'Scope', 'Description'];

/** Places of menu items, by menu. Items of the view's title bar and rows are in `placeOf`. */
const menus = new Map([
  ['editor/title', 'title bar of the activity log'],
  ['notebook/toolbar', 'notebook toolbar'],
  ['terminal/context', 'context menu of a terminal'],
  ['terminal/title/context', "context menu of a terminal's tab"],
]);

/** Resolves to docs/reference.md as it should be. @throws if a command has no description */
export async function reference() {
  /** @type {Manifest} */
  const { contributes, capabilities } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  /** @type {Record<string, string>} */
  const texts = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
  const page = readFileSync(file, 'utf8');
  /** @param {string} text a text, or a key in package.nls.json between percent signs */
  const textOf = (text) => texts[/^%(.+)%$/.exec(text)?.[1] ?? ''] ?? text;

  const commandRows = contributes.commands.map(({ command, title }) => {
    const description = descriptionOf(command, page);
    return [`${textOf(title)}<br>\`${command}\``, description, placesOf(command, contributes.menus).join(', ')];
  });

  const forWorkspaces = capabilities.untrustedWorkspaces.restrictedConfigurations;
  const settingRows = Object.entries(contributes.configuration.properties)
    .sort(([, a], [, b]) => a.order - b.order)
    .map(([name, setting]) => [
      `\`${name}\``,
      defaultOf(setting),
      forWorkspaces.includes(name) ? 'user, trusted workspace' : 'user',
      [textOf(setting.markdownDescription), ...valuesOf(setting, textOf)].join('<br>'),
    ]);

  let text = replacePart(page, 'commands', table(commandColumns, commandRows));
  text = replacePart(text, 'settings', table(settingColumns, settingRows));
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
}

/** Returns the second cell of the row whose first cell has the command. @param {string} command @param {string} page */
function descriptionOf(command, page) {
  const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const description = cells.find(([, name]) => name?.includes(`\`${command}\``))?.[2];
  if (!description) {
    throw new Error(`Add a row for \`${command}\` to docs/reference.md that says what it does: | \`${command}\` | … |`);
  }
  return description;
}

/** @param {string} command @param {Record<string, MenuItem[]>} allMenus */
function placesOf(command, allMenus) {
  const places = Object.entries(allMenus).flatMap(([menu, items]) =>
    items.filter((item) => item.command === command).map((item) => placeOf(menu, item)),
  );
  return [...new Set(places.filter((place) => place !== ''))];
}

/** Names the place of a menu item, or returns '' for the palette. @param {string} menu @param {MenuItem} item */
function placeOf(menu, { when = '', group = '' }) {
  switch (menu) {
    case 'commandPalette':
      return '';
    case 'view/title':
      return group.startsWith('navigation') ? 'title bar of the view' : 'menu _…_ of the view';
    case 'view/item/context': {
      const row = when.includes('connection') ? 'project' : 'token';
      return group.startsWith('inline') ? `row of a ${row}` : `context menu of a ${row}`;
    }
    default:
      return menus.get(menu) ?? `\`${menu}\``;
  }
}

/** @param {Setting} setting */
function defaultOf({ default: value, minimum, maximum }) {
  const text = `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
  return minimum === undefined ? text : `${text} (${minimum} to ${maximum})`;
}

/** Describes each value that a setting takes. @param {Setting} setting @param {(text: string) => string} textOf */
function valuesOf({ enum: values = [], enumDescriptions = [], items }, textOf) {
  const described = values.map((value, index) => `\`${value}\`: ${textOf(enumDescriptions[index] ?? '')}`);
  const codes = items?.enum.map((code) => `\`${code}\``).join(', ');
  return codes === undefined
    ? described
    : [`Codes: ${codes}. [What they mean](../media/leaks.md#what-each-code-means)`];
}

/** @param {string[]} columns @param {string[][]} rows */
function table(columns, rows) {
  // In VS Code's descriptions, `#name#` links to a setting.
  const clean = rows.map((row) =>
    row.map((cell) =>
      cell
        .replaceAll(/`#([\w.]+)#`/g, '`$1`')
        .replaceAll('\n', '<br>')
        .replaceAll('|', '\\|'),
    ),
  );
  return [columns, columns.map(() => '---'), ...clean].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Replaces what's between two comments with a name. @param {string} page @param {string} name @param {string} part */
function replacePart(page, name, part) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) {
    throw new Error(`docs/reference.md needs ${begin} and ${end}.`);
  }
  return `${before}${begin}\n\n${part}\n\n${end}${after}`;
}

if (process.argv[1] && relative(process.argv[1], fileURLToPath(import.meta.url)) === '') {
  writeFileSync(file, await reference());
}
