import * as vscode from 'vscode';

import type { Services } from '../../src/services';

/** Creates a stand-in with only the given members. @throws Error if any other member is used */
export function standIn<T extends object>(name: string, given: Partial<T>): T {
  return new Proxy(given, {
    get(target, property) {
      if (!(property in target) && property !== 'then') {
        throw new Error(`The stand-in for ${name} has no ${String(property)}.`);
      }
      return Reflect.get(target, property) as unknown;
    },
  }) as T;
}

/** Creates a log that discards everything. Closing a real channel would close all channels with its name. */
export function newLog(): vscode.LogOutputChannel {
  const nothing = () => undefined;
  return standIn<vscode.LogOutputChannel>('the log', { debug: nothing, info: nothing, warn: nothing, error: nothing });
}

/** Returns the services of a window without UI: the given ones, and stand-ins for the parts that show something. */
export function fakeServices(given: Partial<Services>): Services {
  const nothing = () => undefined;
  return standIn<Services>('services', {
    openTerminals: standIn<Services['openTerminals']>('open terminals', {
      withOldToken: () => [],
      ready: Promise.resolve(),
      forget: nothing,
      onDidChange: () => new vscode.Disposable(nothing),
      onDidOpen: () => new vscode.Disposable(nothing),
      openWithToken: ({ name = '' }) =>
        Promise.resolve(standIn<vscode.Terminal>('a terminal', { name, show: nothing })),
    }),
    view: standIn<Services['view']>('the view', {
      ...{ redraw: nothing, refresh: nothing, selection: [], filter: '', sorting: 'name' },
    }),
    activityPage: standIn<Services['activityPage']>('the activity page', { refresh: nothing }),
    leaks: () => Promise.reject(new Error('A window of tests has no leak guard.')),
    ...given,
  });
}
