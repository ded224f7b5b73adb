import type { VNode } from 'preact';
import type { Finding, ReportedExchange } from '../../specs/report.ts';
import { answerLine, frequency, requestLine } from '../summary.ts';
import { Block, Differing, Pair } from './text.tsx';

function head(first: string, headers: Readonly<Record<string, string>>, body: string | undefined): string {
  const lines = [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value.slice(0, 200)}`)];
  return body ? `${lines.join('\n')}\n\n${body}` : lines.join('\n');
}

function requestText(exchange: ReportedExchange): string {
  return head(requestLine({ exchange }), exchange.request.headers, exchange.request.body);
}

function answerText(exchange: ReportedExchange): string {
  const first = answerLine({ exchange });
  return exchange.response === undefined ? first : head(first, exchange.response.headers, exchange.response.body);
}

/** What proves that something is wrong: the request, its answer, and the one beside it that was accepted. */
export function FindingPart({ finding }: { readonly finding: Finding }): VNode {
  const { exchange, baseline, expected, actual } = finding;
  // Of a status the whole is what differs.
  const isShort = expected.length + actual.length < 40;
  return (
    <section class="finding">
      <div class="versus">
        <div>
          <h4>Expected</h4>
          <p>
            <Differing text={expected} from={isShort ? '' : actual} />
          </p>
        </div>
        <div>
          <h4>Actual</h4>
          <p>
            <Differing text={actual} from={isShort ? '' : expected} />
          </p>
        </div>
      </div>
      <dl>
        <Pair name="Sent" value={finding.stimulus} />
        <Pair name="Where" value={finding.where} />
        <Pair name="Check" value={finding.check} />
        <Pair name="Source" value={finding.source} />
        <Pair name="How often" value={frequency(finding)} />
      </dl>
      <div class="versus">
        <Block
          title={`Request, body of ${exchange.request.body_bytes} bytes`}
          text={requestText(exchange)}
          from={baseline === undefined ? undefined : requestText(baseline)}
        />
        <Block title="Answer" text={answerText(exchange)} />
        {baseline === undefined ? null : <Block title="Accepted beside it" text={requestText(baseline)} />}
        {baseline === undefined ? null : <Block title="Its answer" text={answerText(baseline)} />}
      </div>
      <Block title="Send it with curl" text={finding.curl} copy />
      <Block title="Play it again" text={finding.replay} copy />
    </section>
  );
}

/** About how many bytes a finding takes on a page. */
export function weightOf({ exchange, baseline, curl }: Finding): number {
  const all = [exchange, ...(baseline === undefined ? [] : [baseline])];
  const texts = all.flatMap((one) => [requestText(one).length, answerText(one).length]);
  return 1500 + curl.length + texts.reduce((sum, length) => sum + Math.min(length, 1200), 0);
}
