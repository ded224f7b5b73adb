import type { DeviationKind } from '../../specs/deviations.ts';
import type { AnswerAspect, Relation, Requirement } from '../../specs/requirement.ts';

/** Why a requirement matters, and how one usually comes to keep it. */
export interface Reason {
  readonly why: string;
  readonly mend: string;
}

const types: Reason = {
  why: 'A value of another type is a mistake of the caller. Converted in silence it rebuilds a pool in a way that nobody asked for.',
  mend: 'Validate the body against a schema that names each field and its JSON type, with every conversion switched off.',
};
const ranges: Reason = {
  why: 'What is accepted beyond its range is cut off, stored or acted on somewhere behind, where nobody tells the caller.',
  mend: 'Put the ranges and lengths into the schema that checks the types; lengths count characters, not bytes.',
};
const members: Reason = {
  why: 'The image decides what every disk of the pool becomes: it must be named once, by its own name.',
  mend: 'Read the body into a plain record and take image_id as its own property of exactly this name.',
};
const whole: Reason = {
  why: 'A caller whose request was garbled on its way must hear 400, not an error that it takes for an outage and tries again.',
  mend: 'Let the parser of JSON answer 400 for all that it cannot read, and check that the value is an object.',
};
const oddities: Reason = {
  why: 'Which of the two is right is nowhere written; that the server survives it is.',
  mend: 'Catch what parsing and storing may throw, and answer 400.',
};
const sizes: Reason = {
  why: 'Whoever can bring the server down with one request, will.',
  mend: 'Bound the size of head and body and the depth of nesting in front of the parser, and answer 400, 413 or 431.',
};
const credentials: Reason = {
  why: "Whoever gets past here wipes other people's disks.",
  mend: 'Compare the whole credential, byte for byte, with what was issued, in front of everything else.',
};
const permissions: Reason = {
  why: 'A credential that is good for something is not good for this.',
  mend: 'Check permission and project of the credential before the pool is looked for.',
};
const paths: Reason = {
  why: 'An id that names nothing must not be resolved to something that exists, nor bring the router down.',
  mend: 'Decode the segments of the path once, look them up exactly, and answer 404 for what is not there.',
};
const requests: Reason = {
  why: 'Gateways, scanners and typing errors send such requests every day.',
  mend: 'Register the one method and path, and answer the rest from the router in the documented shape.',
};
const busy: Reason = {
  why: 'A second rebuild of a pool that is being rebuilt leaves desktops in between.',
  mend: 'Decide whether a pool is free and occupy it in one step, and answer 409 to who comes second.',
};
const billing: Reason = {
  why: 'A billed image without its order is used and not paid, or paid twice.',
  mend: 'Look the order up when the image is billed; an empty text is no order.',
};
const failing: Reason = {
  why: 'A client must be able to read what went wrong when everything else does.',
  mend: 'Let the last handler of errors answer 500 in the documented shape, without internals.',
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
  'invalid UTF-8': whole,
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
  'unknown image': paths,
  'untidy image id': paths,
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
    mend: 'Keep who is asking with the request, never with the connection or the process.',
  },
  'existence without credential': {
    why: 'Whoever may not ask must not learn which pools there are.',
    mend: 'Check the credential before anything is looked up.',
  },
  'same request, same status': {
    why: 'A client that repeats a request counts on the same answer.',
    mend: 'Look for state that earlier requests leave behind: counters, caches, pools of connections.',
  },
  'rejected, then accepted': {
    why: 'A caller who is told "no" acts as if nothing had happened; a job that was started all the same wipes disks.',
    mend: 'Check all that can be refused before the first step that has an effect.',
  },
  'two together': busy,
  'different ones together': {
    why: "Under load one caller would get what was another's.",
    mend: 'Keep nothing of a request in variables that requests share.',
  },
  walk: {
    why: 'Faults that need a certain order of requests show in no single one.',
    mend: 'Play the walk of the report again and look at what the request before it left behind.',
  },
};

const shape: Reason = {
  why: 'A client reads error_code to decide what to do, whatever went wrong and whichever part of the server says so.',
  mend: 'Write all errors in one place, those of the router, the parser and the last handler included.',
};
const acceptance: Reason = {
  why: 'The job_id is the one thing by which a client follows what it started.',
  mend: 'Answer with the id of the job that was just made: a new string each time, as JSON, and nothing of an error.',
};
const servers: Reason = {
  why: 'A 5xx says "try again, it is our fault": a client that does so repeats its own mistake for ever.',
  mend: 'Find the exception in the log by the request of the finding, and answer 400 where it is thrown.',
};
const leaks: Reason = {
  why: 'What an answer gives away ends in logs, tickets and screenshots.',
  mend: 'Write texts of errors yourself; never pass on those of exceptions, and quote nothing of the request.',
};

const aspects: Readonly<Record<AnswerAspect, Reason>> = {
  'documented status': {
    why: 'A client handles the statuses of the page; another one is an accident to it.',
    mend: 'Map what the framework answers by itself, such as 405, 415 and 422, to the statuses of the page.',
  },
  'no 5xx': servers,
  'no 5xx for odd input': servers,
  answered: {
    why: 'A client without an answer cannot know whether disks are being wiped.',
    mend: 'Answer every request, also one that cannot be parsed, before the connection is closed.',
  },
  'no redirect': {
    why: 'Clients follow a redirect with GET, and send the credential along.',
    mend: 'Switch off redirects of the router for slashes and case.',
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
  mend: 'Look at what the finding names beside the plain request: it is what the server stumbles over.',
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
