/** `{cus_1}`: the first customer of a scenario, the same everywhere in it. */
const PLACEHOLDER = /\{[a-z]+_\d+\}/g;

export const isPlaceholder = (text: unknown): text is string =>
  typeof text === 'string' && /^\{[a-z]+_\d+\}$/.test(text);

/** The ids that a scenario's placeholders stand for, as far as they are known. */
export class Bindings {
  private readonly ids = new Map<string, string>();

  get(placeholder: string): string | undefined {
    return this.ids.get(placeholder);
  }

  bind(placeholder: string, id: string): void {
    this.ids.set(placeholder, id);
  }

  /** The text with its placeholders replaced; one that is free becomes an id that nothing has. */
  resolve(text: string): string {
    return text.replaceAll(PLACEHOLDER, (placeholder) => this.ids.get(placeholder) ?? unknownId(placeholder));
  }

  resolveAll(params: Record<string, string | string[]>): Record<string, string | string[]> {
    return Object.fromEntries(
      Object.entries(params).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.map((one) => this.resolve(one)) : this.resolve(value),
      ]),
    );
  }
}

export const unknownId = (placeholder: string): string => `${placeholder.slice(1, -1)}unknown`;
