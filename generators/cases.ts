import type { Stimulus } from '../specs/requirement.ts';
import { company, fullBody, jsonCase, minimalCase, only, pinned, validBody } from './build.ts';
import type { CaseSource, Fixture } from './case.ts';
import { credentialCases } from './credentials.ts';
import {
  emptyCases,
  lookAlikeCases,
  missingCases,
  nullCases,
  outOfRangeCases,
  severalFaultsCases,
  unknownImageCases,
  untidyImageCases,
  wrongTypeCases,
} from './invalid-fields.ts';
import { invalidUtf8Cases, malformedCases, noBodyCases, noObjectCases } from './malformed.ts';
import { otherFormatCases, otherMediaTypeCases } from './media.ts';
import { beyondReasonCases, oddCases } from './odd.ts';
import { malformedPoolCases, malformedProjectCases, methodCases, otherPathCases, unknownPoolCases } from './paths.ts';
import { unknownId } from './random.ts';
import { validCases } from './valid.ts';

export { isGuessed, jsonCase, minimalCase, pinned, rebuildPath, typicalCase, validBody } from './build.ts';
export { unknownId } from './random.ts';

/** The requests of a stimulus. A stimulus of several requests, or of none, has no cases: the runner knows those. */
export function caseSource(stimulus: Stimulus, fixture: Fixture, seed: number): CaseSource {
  switch (stimulus.kind) {
    case 'valid body':
      return validCases(stimulus.vary, fixture, seed);
    case 'field of wrong type':
      return wrongTypeCases(stimulus.field, stimulus.lossless, fixture, seed);
    case 'null field':
      return nullCases(stimulus.field, fixture);
    case 'empty field':
      return emptyCases(stimulus.field, fixture);
    case 'missing field':
      return missingCases(stimulus.field, fixture, seed);
    case 'out of range':
      return outOfRangeCases(stimulus.field, fixture, seed);
    case 'several faults':
      return severalFaultsCases(fixture, seed);
    case 'look-alike key':
      return lookAlikeCases(fixture, seed);
    case 'body that is no object':
      return noObjectCases(fixture);
    case 'no body':
      return noBodyCases(fixture);
    case 'malformed JSON':
      return malformedCases(fixture, seed);
    case 'invalid UTF-8':
      return invalidUtf8Cases(fixture);
    case 'odd JSON':
      return oddCases(stimulus.oddity, fixture);
    case 'other format':
      return otherFormatCases(fixture);
    case 'other media type':
      return otherMediaTypeCases(fixture);
    case 'beyond reason':
      return beyondReasonCases(stimulus.place, fixture);
    case 'credential':
      return credentialCases(stimulus.credential, stimulus.body, fixture, seed);
    case 'unknown pool':
      return unknownPoolCases(fixture);
    case 'malformed pool id':
      return malformedPoolCases(stimulus.form, fixture);
    case 'malformed project id':
      return malformedProjectCases(fixture);
    case 'unknown image':
      return unknownImageCases(fixture, seed);
    case 'untidy image id':
      return untidyImageCases(fixture);
    case 'other method':
      return methodCases(fixture);
    case 'other path':
      return otherPathCases(stimulus.form, fixture);
    case 'minimal body':
      return only(
        minimalCase(fixture),
        jsonCase(fixture, 'a body with all fields', { ...validBody(fixture), ...company(fixture, 1) }),
      );
    case 'invalid body':
      return stimulus.fault === 'wrong type'
        ? only(jsonCase(fixture, 'delay_time is an object', { ...validBody(fixture), delay_time: {} }))
        : only(jsonCase(fixture, 'an unknown image', { image_id: unknownId(seed) }));
    case 'billed image': {
      const { order_id: _, ...others }: Record<string, unknown> = { ...fullBody(fixture), is_fix: true };
      if (stimulus.order)
        return only(
          jsonCase(fixture, 'a billed image with order_id', {
            ...validBody(fixture),
            order_id: pinned(fixture).order_id,
          }),
          jsonCase(fixture, 'a billed image with order_id and all others', {
            ...others,
            order_id: pinned(fixture).order_id,
          }),
        );
      return only(
        jsonCase(fixture, 'a billed image without order_id', validBody(fixture)),
        jsonCase(fixture, 'a billed image without order_id, but all others', others),
      );
    }
    case 'empty order':
      return only(jsonCase(fixture, 'a billed image with an empty order_id', { ...validBody(fixture), order_id: '' }));
    case 'credential after acceptance':
    case 'existence without credential':
    case 'other project':
    case 'repetition':
    case 'rejected, then accepted':
    case 'two together':
    case 'different ones together':
    case 'walk':
    case 'every answer':
      return only();
  }
}
