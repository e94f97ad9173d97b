import type { ApiRouter } from '../../conventions/api-router.js';
import {
  changeMetadata,
  metadata,
  optional,
  sdkObject,
  shape,
  text,
  webAddress,
} from '../../conventions/params/index.js';
import { unixNow } from '../../model/clock.js';
import { newId, randomText } from '../../model/ids.js';
import type { ReportRun, VerificationSession } from '../../model/wire.js';
import { simpleAction, simpleRoutes } from './resource.js';

const session = optional(sdkObject('POST /v1/identity/verification_sessions'));
const run = optional(sdkObject('POST /v1/reporting/report_runs'));

const sessionParams = shape({
  client_reference_id: optional(text),
  metadata: optional(metadata),
  options: session,
  provided_details: session,
  return_url: optional(webAddress),
  type: optional(text),
});

const reportParams = shape({ parameters: run, report_type: text });

/** Identity's verification sessions, which nobody can go through here, and report runs, whose file is empty. */
export function otherRoutes(api: ApiRouter): void {
  const sessions = { kind: 'identity.verification_session', path: '/identity/verification_sessions' } as const;
  simpleRoutes(api, {
    ...sessions,
    params: sessionParams,
    make: async (_, said): Promise<VerificationSession> => {
      const id = newId('verificationSession');
      return {
        id,
        object: sessions.kind,
        client_reference_id: said.client_reference_id ?? null,
        client_secret: `${id}_secret_${randomText(25)}`,
        created: unixNow(),
        last_error: null,
        last_verification_report: null,
        livemode: false,
        metadata: changeMetadata({}, said.metadata),
        options: said.options ?? {},
        redaction: null,
        related_customer: null,
        status: 'requires_input',
        type: said.type ?? 'document',
        url: null,
      } as unknown as VerificationSession;
    },
    events: { created: 'identity.verification_session.created' },
  });
  simpleAction(api, sessions, 'cancel', () => ({ status: 'canceled' }), 'identity.verification_session.canceled');
  simpleAction(
    api,
    sessions,
    'redact',
    () => ({ redaction: { status: 'redacted' } }),
    'identity.verification_session.redacted',
  );
  simpleRoutes(api, {
    kind: 'reporting.report_run',
    path: '/reporting/report_runs',
    params: reportParams,
    make: async (_, said): Promise<ReportRun> =>
      ({
        id: newId('reportRun'),
        object: 'reporting.report_run',
        created: unixNow(),
        error: null,
        livemode: false,
        parameters: said.parameters ?? {},
        report_type: said.report_type,
        result: null,
        status: 'succeeded',
        succeeded_at: unixNow(),
      }) as unknown as ReportRun,
    events: { created: 'reporting.report_run.succeeded' },
  });
}
