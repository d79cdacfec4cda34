#!/usr/bin/env node
'use strict';
const path = require('node:path');
const manifest = require.resolve('temporal-limits/package.json');
require(path.join(path.dirname(manifest), require(manifest).bin['temporal-limits']));
