import fc from 'fast-check';
import { test } from 'vitest';
import { legalNature } from './legal.ts';
import { simulate } from './simulate.ts';

test('dbg', async () => {
  const seed = Number(process.env['SEED']);
  const [nature] = fc.sample(legalNature, { seed, numRuns: 1 });
  const match = new RegExp(process.env['MATCH'] ?? 'order_id is \\[\\]');
  const out: string[] = [];
  await simulate(nature ?? {}, {
    options: { seed },
    witness: {
      told(command, fact) {
        if (fact.told === 'waited') {
          out.push(`wait ${command.do === 'wait' ? `${command.ms} ${command.why}` : ''}`);
          return;
        }
        if (fact.told !== 'sent') return;
        for (const e of fact.exchanges.flat()) {
          const what = e.sending.play.deviation?.what ?? 'valid';
          const r =
            'status' in e.result
              ? e.result.status
              : 'silence' in e.result
                ? `${e.result.silence} reused ${e.result.reused}`
                : e.result.unsent;
          out.push(
            `${match.test(what) ? '***' : ''} ${e.sending.id} ${e.started}-${e.ended} ${what} @${e.sending.at} ${r} ${e.sending.fresh ? 'fresh' : ''}`,
          );
        }
        out.push('--');
      },
    },
  });
  for (const [i, line] of out.entries())
    if (line.startsWith('***'))
      console.log(
        out.slice(Math.max(0, i - Number(process.env['B'] ?? 0)), i + Number(process.env['A'] ?? 14)).join('\n'),
      );
}, 600000);
