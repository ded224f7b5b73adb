import type { DeviationKind } from '../../specs/deviations.ts';
import type { Field } from '../../specs/requirement.ts';
import { isOfEdition, whenRequired } from './conditions.ts';
import { credentialDeviations } from './credentials.ts';
import { byteOrderMark, invalidUtf8, loneSurrogate, nullCharacter, utf16 } from './encodings.ts';
import {
  convertible,
  emptyImage,
  nullField,
  nullImage,
  numberNotation,
  outOfRange,
  tooLong,
  tooLongId,
  wrongType,
} from './fields.ts';
import { noBody, notAnObject, otherFormat, otherMediaType } from './formats.ts';
import { idDeviations } from './ids.ts';
import { repeatedItem, tooLongItem, tooManyItems, unlistedValue } from './lists.ts';
import { malformedJson } from './malformed.ts';
import {
  duplicateKeys,
  inheritedKey,
  inheritedUnknownField,
  lookAlikeKey,
  missingImage,
  severalFaults,
  unknownField,
} from './members.ts';
import { requestDeviations } from './requests.ts';
import { unreasonableKnownField, unreasonableUnknownField } from './size.ts';
import type { DeviationSource, Setting } from './source.ts';

/** The deviations of a kind. `field`: for kinds that are about one; without it, a field of the kind's choice. */
export function deviationSource(kind: DeviationKind, field: Field | undefined, setting: Setting): DeviationSource {
  const source = sourceOf(kind, field, setting);
  // Fixed values name fields that an edition may lack.
  const classes = source.classes.map((values) => values.filter((one) => isOfEdition(one, setting)));
  return { ...source, classes };
}

function sourceOf(kind: DeviationKind, field: Field | undefined, setting: Setting): DeviationSource {
  switch (kind) {
    case 'wrong type':
      return wrongType(setting, field ?? 'delay_time');
    case 'convertible':
      return convertible(setting, field ?? 'delay_time');
    case 'null image':
      return nullImage(setting);
    case 'null':
      return nullField(setting, field ?? 'message');
    case 'empty image':
      return emptyImage(setting);
    case 'out of range':
      return outOfRange(setting, field ?? 'delay_time');
    case 'too long':
      return tooLong(setting, field ?? 'message');
    case 'too long id':
      return tooLongId(setting, field ?? 'image_id');
    case 'unlisted value':
      return unlistedValue(setting, field ?? 'handle_type');
    case 'too many items':
      return tooManyItems(setting, field ?? 'desktop_ids');
    case 'too long item':
      return tooLongItem(setting, field ?? 'desktop_ids');
    case 'repeated item':
      return repeatedItem(setting, field ?? 'desktop_ids');
    case 'missing when required':
    case 'empty when required':
      return whenRequired(kind, setting, field ?? 'kms_id');
    case 'missing image':
      return missingImage(setting);
    case 'look-alike key':
      return lookAlikeKey(setting);
    case 'inherited key':
      return inheritedKey(setting);
    case 'several faults':
      return severalFaults(setting);
    case 'number notation':
      return numberNotation(setting);
    case 'unknown field':
      return unknownField(setting);
    case 'inherited unknown field':
      return inheritedUnknownField(setting);
    case 'not an object':
      return notAnObject(setting);
    case 'no body':
      return noBody(setting);
    case 'malformed JSON':
      return malformedJson(setting);
    case 'invalid UTF-8':
      return invalidUtf8(setting);
    case 'duplicate keys':
      return duplicateKeys(setting);
    case 'byte-order mark':
      return byteOrderMark(setting);
    case 'UTF-16':
      return utf16(setting);
    case 'lone surrogate':
      return loneSurrogate(setting);
    case 'null character':
      return nullCharacter(setting);
    case 'other format':
      return otherFormat(setting);
    case 'other media type':
      return otherMediaType(setting);
    case 'unreasonable known field':
      return unreasonableKnownField(setting);
    case 'unreasonable unknown field':
      return unreasonableUnknownField(setting);
    case 'absent credential':
    case 'empty credential':
    case 'made-up credential':
    case 'truncated credential':
    case 'extended credential':
    case 'credential in other case':
    case 'other first character':
    case 'other middle character':
    case 'other last character':
    case 'wrapped credential':
    case 'altered credential':
    case 'other scheme':
    case 'very long credential':
    case 'inherited credential':
    case 'odd characters in credential':
    case 'two credentials':
    case 'credential of the state':
      return credentialDeviations(kind, setting);
    case 'pool of the state':
    case 'failing service':
    case 'other project':
    case 'malformed project id':
    case 'malformed pool id':
    case 'encoded pool id':
    case 'long pool id':
    case 'unknown image':
    case 'untidy image id':
    case 'missing order':
    case 'empty order':
    case 'unknown order':
      return idDeviations(kind, setting);
    case 'other method':
    case 'other path':
    case 'nearly the same path':
    case 'long head':
      return requestDeviations(kind);
  }
}
