import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/ports.js';
import { NodeProcess } from '../support/node-process.js';

const ROOT = join(import.meta.dirname, '..', '..');
const COPIED = [
  'src',
  'views',
  'lint',
  '.oxlintrc.json',
  '.prettierrc.json',
  '.dependency-cruiser.mjs',
  'package.json',
];
const SETTINGS = ['nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
/** The compiler's time, ms. */
const LONGEST_BUILD_MS = 180_000;

describe('what `nest g resource` writes', () => {
  let project: string;
  /** Runs a tool of ours in the project; rejects where it fails. */
  const run = (tool: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, [join(ROOT, 'node_modules', tool), ...args], { cwd: project });

  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'nsb-resource-'));
    for (const path of [...COPIED, ...SETTINGS]) cpSync(join(ROOT, path), join(project, path), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    await run('@nestjs/cli/bin/nest.js', 'generate', 'resource', 'things', '--type', 'rest', '--crud', '--no-spec');
  }, LONGEST_BUILD_MS);
  afterAll(() => rmSync(project, { recursive: true, force: true, maxRetries: 5 }));

  it('is in the format of the house, and breaks none of its rules', async () => {
    await run('prettier/bin/prettier.cjs', '--check', 'src/things', 'src/app.module.ts');
    await run('oxlint/bin/oxlint', 'src/things', 'src/app.module.ts');
    const checkImports = run('dependency-cruiser/bin/dependency-cruise.mjs', 'src');
    const { stdout } = await checkImports.catch((error: { stdout: string }) => error); // `npm run check` looks at the rest
    expect(stdout).not.toMatch(/things|app\.module/);
  });

  it(
    'builds, takes JSON and answers JSON',
    async () => {
      const service = join(project, 'src/things/things.service.ts');
      const answersItsInput = readFileSync(service, 'utf8').replace(
        /return 'This action adds.*/,
        'return createThingDto;',
      );
      writeFileSync(service, answersItsInput);
      const config = { extends: './tsconfig.build.json', include: ['src/things'], compilerOptions: { noEmit: true } };
      writeFileSync(join(project, 'tsconfig.things.json'), JSON.stringify(config));
      await run('typescript/bin/tsc', '-p', 'tsconfig.things.json');
      await run('typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noCheck'); // `npm run check` has checked the rest

      const [port, closedPort] = await Promise.all([freePort(), freePort()]);
      const url = `http://localhost:${port}`;
      const app = new NodeProcess(
        join(project, 'dist/main.js'),
        {
          PORT: `${port}`,
          DATABASE_URL: `sqlite:${join(project, 'shop.db')}`,
          STRIPE_SECRET_KEY: 'sk_test_nobody_listens',
          STRIPE_API_BASE: `http://localhost:${closedPort}`,
          STRIPE_WEBHOOK_SECRET: 'whsec_of_a_test',
        },
        { cwd: project, group: true },
      );
      try {
        await app.hasPrinted(/Ready: open http/);
        const post = (headers: Record<string, string>) =>
          fetch(`${url}/things`, {
            method: 'POST',
            headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
            body: JSON.stringify({ name: 'one', parts: [1, 2] }),
          });
        const made = await post({ authorization: 'Bearer a-token' });
        expect([made.status, await made.json()]).toEqual([201, { name: 'one', parts: [1, 2] }]);
        expect((await post({})).status).toBe(403); // without a bearer token it may be another site's
        expect(await (await fetch(`${url}/things`)).text()).toBe('This action returns all things');
      } finally {
        await app.stop('SIGKILL');
      }
    },
    LONGEST_BUILD_MS,
  );
});
