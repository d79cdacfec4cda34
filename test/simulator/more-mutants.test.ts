import { MUTANTS } from '../../simulator/mutants/mutants';
import { noticesMistakes } from './notices-mistakes';

// a file of its own, so that a second core hunts these meanwhile
noticesMistakes(MUTANTS.filter((_, place) => place % 2 === 1));
