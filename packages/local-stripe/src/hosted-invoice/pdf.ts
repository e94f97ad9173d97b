import type PDFDocument from 'pdfkit';
import type { Invoice } from '../model/wire.js';
import { shownInvoice, type ShownInvoice } from './model.js';

const LEFT = 56;
const RIGHT = 539;
const TOP = 56;
const BOTTOM = 760;
const GREY = '#596273';
const INK = '#1a1f27';

/** The invoice as a PDF of A4 pages: the same bytes each time for the same invoice, a few kilobytes. */
export async function invoicePdf(invoice: Invoice): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit'); // a third of the start of the local Stripe, and few ask for a PDF
  const shown = shownInvoice(invoice);
  const document = new PDFDocument({
    size: 'A4',
    margin: LEFT,
    info: { Title: `Invoice ${shown.invoiceNumber}`, CreationDate: new Date(invoice.created * 1000) },
  });
  const chunks: Buffer[] = [];
  const written = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  write(document, shown);
  document.end();
  return written;
}

type Document = InstanceType<typeof PDFDocument>;

function write(document: Document, { amount, facts, lines, state, sums }: ShownInvoice): void {
  document.font('Helvetica-Bold').fontSize(20).fillColor(INK).text('Invoice', LEFT, TOP);
  document.font('Helvetica').fontSize(10);
  let y = TOP + 36;
  for (const { label, text } of facts) {
    document.fillColor(GREY).text(label, LEFT, y);
    document.fillColor(INK).text(plain(text ?? ''), LEFT + 110, y);
    y += 16;
  }
  document
    .font('Helvetica-Bold')
    .fontSize(14)
    .text(plain(`${amount}: ${state}`), LEFT, y + 16, { width: RIGHT - LEFT });
  y += 56;
  document.fontSize(10);
  for (const { description, period, amount: lineAmount } of lines) {
    y = onPage(document, y, 40);
    row(document, y, description, lineAmount, INK);
    if (period) document.fillColor(GREY).text(plain(period), LEFT, y + 14, { width: 360 });
    y += period ? 36 : 22;
    rule(document, y - 6);
  }
  for (const { label, amount: sum } of sums) {
    y = onPage(document, y, 20);
    row(document, y, label, sum, INK);
    y += 18;
  }
}

function row(document: Document, y: number, label: string, amount: string, colour: string): void {
  document.font('Helvetica').fillColor(colour);
  document.text(plain(label), LEFT, y, { width: 360, height: 14, ellipsis: true });
  document.text(plain(amount), LEFT, y, { width: RIGHT - LEFT, align: 'right' });
}

const rule = (document: Document, y: number): void => {
  document.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(0.5).strokeColor('#d5dae1').stroke();
};

/** A new page where the room does not suffice. */
function onPage(document: Document, y: number, needed: number): number {
  if (y + needed <= BOTTOM) return y;
  document.addPage();
  return TOP;
}

/** The text in what the built-in font has (Latin); other characters become question marks. */
const plain = (text: string): string =>
  text.replaceAll('\u00a0', ' ').replaceAll(/[^\u0020-\u007e\u00a1-\u00ff€–—’•×]/g, '?');
