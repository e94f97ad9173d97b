import { runChecks, warning } from './check.js';

const SECRET = 'pa55wordOfOurs';

describe('what doctor finds', () => {
  it('shows no secret, whoever wrote the words [S9]', async () => {
    const findings = await runChecks(
      [
        { name: 'one', needs: [], run: () => warning(`u:${SECRET}@h`, `See postgres://u:${SECRET}@h/db`) },
        { name: 'two', needs: [], run: () => Promise.reject(new Error(`https://example.com/?token=${SECRET}`)) },
      ],
      new Set(),
    );
    expect(findings.map(({ name, status }) => `${name}: ${status}`)).toEqual(['one: warning', 'two: fault']);
    expect(JSON.stringify(findings)).not.toContain(SECRET);
  });
});
