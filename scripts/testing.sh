#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by what runs tests: how their processes run, and a function for the parts of prove.sh that are tests.

# Processes are started by the hundred and live for seconds: code that counts its calls, to be compiled again, costs more than
# half of their time.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=1000
# End to end it is the published program that is tried, which is what a user runs; a peer that is missing fails.
export WEIR_PROGRAM=$PWD/artifacts/publish WEIR_REAL=must

# prove_tests PROJECT FILTER: builds the project's tests, runs those that the filter names, and fails where it names none.
prove_tests() {
    local part results
    part=$(basename "$0" .sh) results=$part.$1.trx
    dotnet test "tests/$1" -c Release --filter "$2" --results-directory "$WEIR_PROVE_LOGS" \
        --logger "trx;LogFileName=$results" --logger "console;verbosity=minimal"
    grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/$results" || { echo "$part: no test is named by: $2" >&2 && exit 1; }
}
