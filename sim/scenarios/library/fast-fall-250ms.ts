import { createFastFall } from "../fast-fall.ts";

export default createFastFall("fast-fall-250ms", 0.25);
