/** The scripts run before there is a compiler, so their types are here. */
declare module '*/scripts/chromium.mjs' {
  export function findChromium(): string | undefined;
}

declare module '*/scripts/postgres.mjs' {
  export function startPostgres(options?: {
    folder?: string;
    port?: number;
    settings?: Record<string, string | number>;
    authMethod?: 'password' | 'scram-sha-256';
  }): Promise<{ url: string; stop(): Promise<void> }>;
}
