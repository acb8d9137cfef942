/** Whether this runs in the browser itself, with no machine behind it, as on vscode.dev. */
export const inBrowser: boolean = true;
