import { MaxUint256, recoverAddress, Signature, TypedDataEncoder, type TypedDataField } from "ethers";

import {
  nonceOf,
  permit,
  setOperatorWithSig,
  type OperatorMessage,
  type PermitMessage,
  type SignerOf,
} from "../../sim/reference/pool-signatures.ts";
import { balanceOf } from "../../sim/reference/ledger.ts";
import {
  amountOf,
  chance,
  logarithmic,
  pick,
  receiver,
  somebody,
  toPool,
  type Draw,
  type Drawn,
} from "./pool-deeds.ts";
import { owner } from "./pool-people.ts";
import { PERMIT, SET_OPERATOR } from "./typed-data.ts";

type Types = Record<string, TypedDataField[]>;
type Signable = OperatorMessage | PermitMessage;

/** Of no key. */
const NO_SIGNATURE = Signature.from({ r: `0x${"00".repeat(31)}05`, s: `0x${"00".repeat(31)}01`, v: 27 });

/** Past, this second, soon, or never. */
function deadline({ rng, p }: Draw): bigint {
  const roll = rng.next();
  if (roll < 0.1) return chance(rng, 0.5) ? p.now - 1n : p.now - logarithmic(rng, 1n, p.now);
  if (roll < 0.25) return p.now;
  return roll < 0.85 ? p.now + logarithmic(rng, 1n, 2n ** 40n) : MaxUint256;
}

/** By the owner, of this; or by another, or of something else. */
function sign(d: Draw, types: Types, message: Signable): Signature {
  const { keys, domain } = d.world;
  const roll = d.rng.next();
  const own = keys.get(message.owner);
  const key = own === undefined || roll < 0.1 ? pick(d.rng, [...keys.values()]) : own;
  if (roll > 0.96) return NO_SIGNATURE;
  // Used already, or not to be used yet.
  const nonce = message.nonce === 0n || chance(d.rng, 0.2) ? message.nonce + 1n : message.nonce - 1n;
  const other = roll < 0.18 ? { nonce } : roll < 0.21 ? { deadline: message.deadline ^ 1n } : {};
  return key.sign(TypedDataEncoder.hash(domain, types, { ...message, ...other }));
}

/** As `ecrecover` tells it. */
function signerOf<Message extends Signable>(d: Draw, types: Types, signature: Signature): SignerOf<Message> {
  return (message) => {
    try {
      return recoverAddress(TypedDataEncoder.hash(d.world.domain, types, message), signature);
    } catch {
      return undefined;
    }
  };
}

/** What owners sign, and anybody hands in. */
export const SIGNED_DEEDS: Record<string, (d: Draw) => Drawn> = {
  setOperatorWithSig: (d) => {
    const signing = pick(d.rng, d.world.users);
    const terms = {
      owner: signing,
      operator: somebody({ ...d, as: undefined }),
      approved: chance(d.rng, 0.6),
      deadline: deadline(d),
    };
    const signature = sign(d, SET_OPERATOR, { ...terms, nonce: nonceOf(d.p, signing) });
    const args = [...Object.values(terms), signature.serialized];
    return toPool(d, somebody(d), "setOperatorWithSig", args, (p) =>
      setOperatorWithSig(p, terms, signerOf(d, SET_OPERATOR, signature)),
    );
  },
  permit: (d) => {
    const signing = owner(d);
    const value = chance(d.rng, 0.2) ? MaxUint256 : amountOf(d.rng, balanceOf(d.p.shares, signing));
    const terms = { owner: signing, spender: receiver(d), value, deadline: deadline(d) };
    const signature = sign(d, PERMIT, { ...terms, nonce: nonceOf(d.p, signing) });
    const { v, r, s } = signature;
    return toPool(d, somebody(d), "permit", [...Object.values(terms), v, r, s], (p) =>
      permit(p, terms, signerOf(d, PERMIT, signature)),
    );
  },
};
