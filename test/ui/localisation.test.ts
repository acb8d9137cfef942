import { shareWorkbench } from './shareWorkbench';
import type { Workbench } from './workbench';

describe('Hindi', () => {
  let workbench: Workbench;
  shareWorkbench((shared) => (workbench = shared), { editor: { name: 'hindi', locale: 'hi' } });

  it('is the language of the view, the commands, the questions and the notifications', async () => {
    const { emulator, page } = workbench;
    await page.getByText('अपने टोकन यहाँ बनाने').waitFor();
    await page.locator('.sidebar').getByRole('heading', { name: 'टोकन' }).first().waitFor();
    await workbench.screenshot('hindi-welcome');
    const { value, apiKey, projectId } = emulator.seed('first-token');
    await workbench.welcomeButton('साइन इन करें…').click();
    await workbench.question.getByText('TIR में साइन इन करें').waitFor();
    await workbench.answer('टोकन या उसे रखने वाला टेक्स्ट', value);
    await workbench.answer('टोकन के साथ बनी API key', apiKey);
    await workbench.answer('प्रोजेक्ट की ID या TIR', String(projectId));
    await workbench.row(/^first-token, .* को बनाया गया/).waitFor();

    await workbench.command('TIR: टोकन बनाएँ…');
    await workbench.answer('ऐसा नाम दर्ज करें जो बताए कि टोकन कहाँ उपयोग होगा', 'dev-laptop');
    await workbench.row(/^dev-laptop, .* को बनाया गया/).waitFor();
    await workbench.notification('टोकन "dev-laptop" बनाया गया।').waitFor();
    await workbench.screenshot('hindi');
    await workbench.command('TIR: टोकन गतिविधि दिखाएँ');
    await page.getByRole('tab', { name: 'टोकन गतिविधि' }).waitFor();
    await page.locator('.view-lines').getByText('साइन इन किया').waitFor();
    await workbench.screenshot('hindi-activity');
  });
});
