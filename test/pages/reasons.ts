import {
  acceptance as acceptanceRecipe,
  accepted,
  busy as busyRecipe,
  clientFault,
  connection,
  credential,
  otherStatus,
  others,
  project,
  type Recipe,
  shape as shapeRecipe,
  sizes as sizesRecipe,
  unreadable,
} from '../../reports/recipes.ts';
import type { DeviationKind } from '../../specs/deviations.ts';
import type { AnswerAspect, Relation, Requirement } from '../../specs/requirement.ts';

/** Why a requirement matters, and how one usually comes to keep it, as reports say it, too. */
export interface Reason {
  readonly why: string;
  readonly mend: Recipe;
}

const types: Reason = {
  why: 'A value of another type is a mistake of the caller. Converted in silence it rebuilds a pool in a way that nobody asked for.',
  mend: accepted.type,
};
const ranges: Reason = {
  why: 'What is accepted beyond its range is cut off, stored or acted on somewhere behind, where nobody tells the caller.',
  mend: accepted.range,
};
const members: Reason = {
  why: 'The image decides what every disk of the pool becomes: it must be named once, by its own name.',
  mend: accepted.member,
};
const whole: Reason = {
  why: 'A caller whose request was garbled on its way must hear 400, not an error that it takes for an outage and tries again.',
  mend: accepted.body,
};
const oddities: Reason = {
  why: 'Which of the two is right is nowhere written; that the server survives it is.',
  mend: unreadable,
};
const sizes: Reason = {
  why: 'Whoever can bring the server down with one request, will.',
  mend: sizesRecipe,
};
const credentials: Reason = {
  why: "Whoever gets past here wipes other people's disks.",
  mend: credential,
};
const permissions: Reason = {
  why: 'A credential that is good for something is not good for this.',
  mend: project,
};
const paths: Reason = {
  why: 'An id that names nothing must not be resolved to something that exists, nor bring the router down.',
  mend: accepted.pool,
};
const images: Reason = { why: paths.why, mend: accepted.image };
const encodings: Reason = { why: whole.why, mend: accepted.encoding };
const requests: Reason = {
  why: 'Gateways, scanners and typing errors send such requests every day.',
  mend: accepted.request,
};
const busy: Reason = {
  why: 'A second rebuild of a pool that is being rebuilt leaves desktops in between.',
  mend: busyRecipe,
};
const billing: Reason = {
  why: 'A billed image without its order is used and not paid, or paid twice.',
  mend: accepted.image,
};
const failing: Reason = {
  why: 'A client must be able to read what went wrong when everything else does.',
  mend: shapeRecipe,
};

/** By what is wrong with the request. */
const deviations: Readonly<Record<DeviationKind, Reason>> = {
  'wrong type': types,
  convertible: types,
  'null image': types,
  null: oddities,
  'empty image': ranges,
  'out of range': ranges,
  'unlisted value': ranges,
  'too many items': ranges,
  'too long item': ranges,
  'repeated item': oddities,
  'missing when required': members,
  'empty when required': ranges,
  'too long': ranges,
  'too long id': ranges,
  'missing image': members,
  'look-alike key': members,
  'inherited key': members,
  'several faults': whole,
  'number notation': oddities,
  'unknown field': oddities,
  'inherited unknown field': oddities,
  'not an object': whole,
  'no body': whole,
  'malformed JSON': whole,
  'invalid UTF-8': encodings,
  'duplicate keys': oddities,
  'byte-order mark': oddities,
  'UTF-16': oddities,
  'lone surrogate': oddities,
  'null character': oddities,
  'other format': whole,
  'other media type': oddities,
  'unreasonable known field': sizes,
  'unreasonable unknown field': sizes,
  'absent credential': credentials,
  'empty credential': credentials,
  'made-up credential': credentials,
  'truncated credential': credentials,
  'extended credential': credentials,
  'credential in other case': credentials,
  'other first character': credentials,
  'other middle character': credentials,
  'other last character': credentials,
  'wrapped credential': credentials,
  'altered credential': credentials,
  'other scheme': credentials,
  'very long credential': sizes,
  'inherited credential': credentials,
  'odd characters in credential': credentials,
  'two credentials': oddities,
  'credential of the state': permissions,
  'pool of the state': paths,
  'failing service': failing,
  'other project': permissions,
  'malformed project id': paths,
  'malformed pool id': paths,
  'encoded pool id': paths,
  'long pool id': sizes,
  'unknown image': images,
  'untidy image id': images,
  'missing order': billing,
  'empty order': billing,
  'unknown order': billing,
  'long head': sizes,
  'other method': requests,
  'other path': requests,
  'nearly the same path': requests,
};

const relations: Readonly<Record<Relation, Reason>> = {
  'credential after acceptance': {
    why: 'What was found out for one request must not speak for the next one on its connection.',
    mend: connection,
  },
  'existence without credential': {
    why: 'Whoever may not ask must not learn which pools there are.',
    mend: credential,
  },
  'same request, same status': {
    why: 'A client that repeats a request counts on the same answer.',
    mend: others.conduct,
  },
  'rejected, then accepted': {
    why: 'A caller who is told "no" acts as if nothing had happened; a job that was started all the same wipes disks.',
    mend: others['rejected, yet acts'],
  },
  'two together': busy,
  'different ones together': {
    why: "Under load one caller would get what was another's.",
    mend: others.conduct,
  },
  walk: {
    why: 'Faults that need a certain order of requests show in no single one.',
    mend: others.conduct,
  },
};

const shape: Reason = {
  why: 'A client reads error_code to decide what to do, whatever went wrong and whichever part of the server says so.',
  mend: shapeRecipe,
};
const acceptance: Reason = {
  why: 'The job_id is the one thing by which a client follows what it started.',
  mend: acceptanceRecipe,
};
const servers: Reason = {
  why: 'A 5xx says "try again, it is our fault": a client that does so repeats its own mistake for ever.',
  mend: clientFault,
};
const leaks: Reason = {
  why: 'What an answer gives away ends in logs, tickets and screenshots.',
  mend: others.leak,
};

const aspects: Readonly<Record<AnswerAspect, Reason>> = {
  'documented status': {
    why: 'A client handles the statuses of the page; another one is an accident to it.',
    mend: otherStatus,
  },
  'no 5xx': servers,
  'no 5xx for odd input': servers,
  answered: {
    why: 'A client without an answer cannot know whether disks are being wiped.',
    mend: others['no answer'],
  },
  'no redirect': {
    why: 'Clients follow a redirect with GET, and send the credential along.',
    mend: others.redirect,
  },
  'acceptance body': acceptance,
  'acceptance job id is not empty': acceptance,
  'acceptance job id is new': acceptance,
  'acceptance media type': acceptance,
  'acceptance fields': acceptance,
  'acceptance without error': acceptance,
  'error shape': shape,
  'error shape outside the operation': shape,
  'error message present': shape,
  'error texts not empty': shape,
  'error media type': shape,
  'error without job id': shape,
  'no internals': leaks,
  'no echo of secrets': leaks,
};

const valid: Reason = {
  why: 'It is one of the many ways in which a correct client may ask; another client library writes it so.',
  mend: others.refused,
};

/** The reason of a row. */
export function reasonOf({ id, send }: Pick<Requirement, 'id' | 'send'>): Reason {
  switch (send.kind) {
    case 'context':
      return valid;
    case 'deviation':
      return id.startsWith('state/') ? busy : deviations[send.of];
    case 'relation':
      return relations[send.relation];
    case 'answers':
      return aspects[send.aspect];
  }
}
