import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { seedDemo } from '../emulator/demo';
import { Emulator } from '../emulator/emulator';
import { newAuthority } from '../support/certificates';
import { startProxy } from '../support/proxy';
import { Film } from './film';
import {
  clearNotifications,
  openFile,
  openForPictures,
  runInTerminal,
  setSideBarWidth,
  size,
  tokenRow,
} from './pictures';

const host = 'api.e2enetworks.com';

/** A script whose call TIR answers, by the API's guide. */
const script = `import os
from urllib.request import Request, urlopen

url = "https://${host}/tir/v1/auth-token/"
token = os.environ["TIR_API_TOKEN"]
call = Request(f"{url}?project_id=4711&location=Delhi")
call.add_header("Authorization", f"Bearer {token}")

with urlopen(call) as answer:
    print("TIR answers", answer.status, answer.reason)
`;

/** Name of the new token. Instead of the suggested one, which has the name of the machine that takes the picture. */
const name = 'dev-laptop';

/**
 * Starts an emulator that stands for TIR in terminals, which reach it through a proxy.
 * @param folder for the certificate that the terminals trust
 */
async function startTir(folder: string) {
  const { certificate, server } = await newAuthority(host);
  const trusted = join(folder, 'authority.pem');
  writeFileSync(trusted, certificate);
  const emulator = await Emulator.start(server);
  const port = Number(new URL(emulator.origin).port);
  const proxy = await startProxy((target) => (target === `${host}:443` ? port : undefined));
  const stop = async () => {
    await proxy.stop();
    await emulator.stop();
  };
  return { emulator, env: { https_proxy: proxy.url, SSL_CERT_FILE: trusted }, stop };
}

/** Films how a token is created, and used by a script in a terminal. @param file .png, an APNG */
export async function filmFirstToken(file: string): Promise<Film> {
  const folder = mkdtempSync(join(tmpdir(), 'tir-film-'));
  const tir = await startTir(folder);
  const workbench = await openForPictures('film', {
    settings: { 'terminal.integrated.env.linux': tir.env, 'window.restoreWindows': 'none' },
    files: { 'ask.py': script },
  });
  const { emulator, page, question } = workbench;
  try {
    await workbench.welcomeButton('Sign In…').click();
    await workbench.signInWith(seedDemo(emulator));
    await tokenRow(workbench, 'first-token').waitFor();
    await openFile(workbench, 'ask.py');
    await setSideBarWidth(workbench, 296);
    await clearNotifications(workbench);

    const film = new Film(page);
    await film.pointAt(size.width / 2, size.height / 3);
    await film.frame(1000);
    await film.click(page.locator('.sidebar').getByRole('button', { name: 'Create Token…' }));
    const input = question.locator('.quick-input-box input');
    await input.waitFor();
    await input.fill(name);
    await film.frame(1200);
    await page.keyboard.press('Enter');
    await tokenRow(workbench, name).waitFor();
    const use = page.locator('.notification-list-item').getByRole('button', { name: 'Use in Terminals' });
    await use.waitFor();
    await film.frame(1000);
    await film.click(use, 400);
    await workbench.statusItem.getByText(name).waitFor();
    await film.frame(1200);
    await page.keyboard.press('Control+Shift+`');
    await page.locator('.terminal-wrapper.active .xterm-rows', { hasText: '$' }).waitFor();
    await film.frame(700);
    tir.emulator.tokens.push(...emulator.tokens);
    await runInTerminal(workbench, 'python3 ask.py', () => film.frame(90));
    await page.locator('.xterm-rows').getByText('TIR answers 200').waitFor();
    await film.frame(2500);
    film.save(file);
    return film;
  } catch (error) {
    await workbench.screenshot('failed-film');
    throw error;
  } finally {
    await workbench.close();
    await tir.stop();
    rmSync(folder, { recursive: true });
  }
}
