import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { english } from './texts/texts.js';
import { Templates } from './view-engine.js';

describe('the views', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-views-'));
  const write = (file: string, source: string) => writeFileSync(join(folder, file), source);
  const templates = () =>
    new Templates(folder, english, { asset: (name) => `/assets/${name}`, shared: { shop: 'Kettle' } });
  beforeAll(() => {
    mkdirSync(join(folder, 'partials'));
    write('layout.hbs', '<html lang="{{lang}}">{{{body}}} {{shop}}');
    write('thing.hbs', "{{t 'success.title'}} {{> it}} {{t 'shop.who' email=email}} {{asset 'app.css'}}");
    write('partials/it.hbs', '<b>{{name}}</b>');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const render = () => templates().render(join(folder, 'thing.hbs'), { name: '<i>', email: 'a&b@example.com' });

  it('have their texts and files, with what is filled in escaped', () => {
    expect(render()).toBe(
      '<html lang="en">Payment Successful! <b>&lt;i&gt;</b> You are buying as a&amp;b@example.com. /assets/app.css Kettle',
    );
  });

  it('show a partial as it is now', () => {
    write('partials/it.hbs', '<em>{{name}}</em>');
    expect(render()).toContain('<em>&lt;i&gt;</em>');
  });

  it('fail where a text is missing, once they are compiled', () => {
    write('wrong.hbs', "{{t 'no.such'}}");
    expect(templates).toThrow('No text no.such in en');
  });
});
