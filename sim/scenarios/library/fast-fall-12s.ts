import { createFastFall } from "../fast-fall.ts";

export default createFastFall("fast-fall-12s", 12);
