/** The answer, as Stripe would get it: redirects are not followed. */
export interface Answered {
  outcome: 'answered';
  status: number;
  /** Duration of the request, ms. */
  ms: number;
  /** The `Location` of a redirect. */
  location: string | undefined;
  contentType: string;
  /** `X-Request-Id`, by which the request is found in the app's log. */
  requestId: string | undefined;
  /** Its first 1,000 characters. */
  body: string;
}

/** There was no answer. */
export interface Unanswered {
  outcome: 'unanswered';
  /** Duration of the request, ms. */
  ms: number;
  /** Why. */
  found: string;
  /** How to fix it. */
  todo: string;
}

export interface OutsideRequest {
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Defaults to 10,000, about as long as Stripe waits. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Characters of a body that are kept. */
const MAX_BODY_LENGTH = 1_000;

/** Sends a request to the app's public address, through whatever is in front of it. Never rejects. */
export async function requestFromOutside(
  url: string,
  { timeoutMs = TIMEOUT_MS, ...request }: OutsideRequest,
): Promise<Answered | Unanswered> {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    const answer = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const { status, headers } = answer;
    return {
      outcome: 'answered',
      status,
      body: await beginningOf(answer),
      ms: ms(),
      location: headers.get('location') ?? undefined,
      contentType: headers.get('content-type') ?? '',
      requestId: headers.get('x-request-id') ?? undefined,
    };
  } catch (error) {
    return { outcome: 'unanswered', ms: ms(), ...explain(error, new URL(url), timeoutMs) };
  }
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length >= MAX_BODY_LENGTH) break;
  }
  return text.slice(0, MAX_BODY_LENGTH);
}

function explain(
  error: unknown,
  { protocol, host, hostname }: URL,
  timeoutMs: number,
): { found: string; todo: string } {
  const code = codeOf(error);
  const found = `no answer from ${host}: ${code}`;
  if (code === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return {
      found: `no answer from ${host} within ${timeoutMs / 1_000} s`,
      todo: 'See whether a firewall drops the connection, and whether the app or a proxy in front of it hangs',
    };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return {
      found: `the name ${hostname} is not known (${code})`,
      todo: 'Correct the host in DOMAIN_URL, or add its record to the DNS',
    };
  if (code === 'ECONNREFUSED')
    return {
      found: `nothing listens at ${host}`,
      todo: 'Start the app, and see that the port in DOMAIN_URL is the one that the app or its proxy listens on',
    };
  if (/CERT|SIGNATURE|SELF_SIGNED|ALTNAME|ISSUER/.test(code))
    return { found: `the TLS certificate of ${host} is not good: ${code}`, todo: certificateFix(code) };
  if (/SSL|TLS|EPROTO/.test(code))
    return {
      found: `${host} does not speak TLS: ${code}`,
      todo: 'Let the proxy in front of the app take https on this port; the app itself speaks plain http',
    };
  if (code.startsWith('HPE_'))
    return {
      found: `${host} does not answer in ${protocol === 'http:' ? 'plain ' : ''}HTTP: ${code}`,
      todo: 'See what listens there; if it wants TLS, DOMAIN_URL has to begin with https:',
    };
  return { found, todo: 'See whether the app runs, and what the proxy in front of it does with this address' };
}

function certificateFix(code: string): string {
  if (code.includes('EXPIRED')) return 'Renew the certificate';
  if (code.includes('ALTNAME')) return 'Get a certificate for this name; it is for another one';
  if (code.includes('SELF_SIGNED') || code.includes('DEPTH_ZERO'))
    return 'Get a certificate that a public authority has signed: Stripe takes no others';
  return 'Let the proxy send the certificates in between (the full chain): Stripe does not look for them';
}

/** The code of an error or of its cause, such as `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { cause, code, errors, name, message } = error as Partial<AggregateError & { code: unknown }>;
  if (cause) return codeOf(cause);
  if (typeof code === 'string') return code;
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : []; // one error for each IP address
  return first ? codeOf(first) : String(name === 'Error' ? message : name);
}
