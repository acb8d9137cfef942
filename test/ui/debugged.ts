/** Writes the SHA-256 of the variable, or nothing, into a file. */
const script = `
const { writeFileSync } = require('node:fs');
const { TIR_API_TOKEN: value } = process.env;
writeFileSync('seen', (value ? require('node:crypto').createHash('sha256').update(value).digest('hex') : '') + '.');
`;

export const launch = `{
  "version": "0.2.0",
  "configurations": [
    {
      "name": "Script",
      "type": "node",
      "request": "launch",
      "program": "\${workspaceFolder}/script.js",
      "tir": true
    }
  ]
}
`;

/** A folder whose script is started by F5, with the token in use, and writes what it saw to the file `seen`. */
export const debugged = { '.vscode/launch.json': launch, 'script.js': script };
