/** The scripts run before there is a compiler, so their types are here. */
declare module '*/scripts/chromium.mjs' {
  export function findChromium(): string | undefined;
}
