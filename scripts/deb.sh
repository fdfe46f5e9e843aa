#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian packages weir (the program with its runtime, units, users, folders, documents) and weir-engine (the
# embedded store's library) into artifacts/deb. The same commit gives the same octets.
# Usage: deb.sh [--out DIR] [--program DIR]. With --program that published program is packed, without compression and
# without the engine: for a look at what a package holds.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
# shellcheck source=scripts/engine.sh
source scripts/engine.sh

out=artifacts/deb program=""
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=$2 ;;
    --program) program=$2 ;;
    *)
        echo "deb.sh: '$1' is no option; say --out DIR or --program DIR" >&2
        exit 2
        ;;
    esac
    shift 2
done
need dpkg-deb:dpkg
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# A commit that is no release sorts before it, and after the commits before.
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
if [ -z "$(git tag --points-at HEAD "v$version" 2>/dev/null)" ] && commit=$(git rev-parse --short=10 HEAD 2>/dev/null); then
    version+=$(git show -s --date=format:%Y%m%d%H%M%S --format="~%cd.$commit" HEAD)
fi
version=${WEIR_DEB_VERSION:-$version}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git show -s --format=%ct HEAD 2>/dev/null || stat -c %Y Directory.Build.props)}
export SOURCE_DATE_EPOCH
engine_version=$(sed -n 's:.*lib-linux-x64-gnu"\: "\(.*\)".*:\1:p' native/package.json)

compress=(-Zzstd -z9)
if [ -z "$program" ]; then
    fetch_engine
    say "building the program with its runtime"
    program=$work/program
    # Apart from artifacts/publish and obj: a build for one runtime leaves other files there.
    quietly artifacts/log/deb-publish.log dotnet publish src/Weir.Cli -c Release -r linux-x64 --self-contained \
        --artifacts-path artifacts/deb-build -o "$program" -v quiet -p:DebugType=none \
        -p:GenerateDocumentationFile=false -p:SatelliteResourceLanguages=en
    weir() { "$program/Weir.Cli" "$@"; }
else
    compress=(-Znone)
    weir() { dotnet "$program/Weir.Cli.dll" "$@"; }
fi

# put MODE FROM... TO: files into the package's tree.
put() {
    local mode=$1 to=$tree/${*: -1}
    shift
    mkdir -p "$(dirname "$to.")"
    install -m "$mode" "${@:1:$#-1}" "$to"
}

# pack NAME VERSION: what stands in $tree becomes a package, owned by root, of the commit's time.
pack() {
    local name=$1 of=$2
    mkdir "$tree/DEBIAN"
    sed -e "s/@VERSION@/$of/; s/@ENGINE@/$engine_version/; s/@SIZE@/$(du -sk --apparent-size "$tree" | cut -f1)/" \
        "dist/debian/$name/control" >"$tree/DEBIAN/control"
    (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) \
        >"$tree/DEBIAN/md5sums"
    [ ! -f "dist/debian/$name/conffiles" ] || cp "dist/debian/$name/conffiles" "$tree/DEBIAN/"
    chmod 0644 "$tree"/DEBIAN/*
    local script
    for script in preinst postinst prerm postrm; do
        [ ! -f "dist/debian/$name/$script" ] || install -m 0755 "dist/debian/$name/$script" "$tree/DEBIAN/$script"
    done
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    quietly artifacts/log/deb-pack.log \
        dpkg-deb --root-owner-group "${compress[@]}" --build "$tree" "$out/${name}_${of}_amd64.deb"
    say "built: $out/${name}_${of}_amd64.deb"
}

say "packing weir $version"
tree=$work/weir
mkdir -p "$tree/usr/bin" "$tree/usr/lib/weir" "$tree/usr/share/doc/weir"
# The engine is a package of its own; no core is dumped.
tar -C "$program" --exclude=./native --exclude=./web.config --exclude=./createdump --exclude='*.pdb' --exclude='*.xml' -ch . |
    tar -C "$tree/usr/lib/weir" -x
find "$tree/usr/lib/weir" -type f -exec chmod 0644 {} +
chmod 0755 "$tree/usr/lib/weir/Weir.Cli"
ln -s ../lib/weir/Weir.Cli "$tree/usr/bin/weir"

put 0644 dist/weir.yaml etc/weir/weir.yaml
put 0644 dist/logrotate.d/weir etc/logrotate.d/weir
put 0644 dist/weir-*.service usr/lib/systemd/system/
put 0644 dist/sysusers.d/weir.conf usr/lib/sysusers.d/weir.conf
put 0644 dist/tmpfiles.d/weir.conf usr/lib/tmpfiles.d/weir.conf
put 0644 config/policies/*.yaml usr/share/weir/policies/
put 0644 dist/weir-alerts.rules.yml dist/grafana-weir.json usr/share/weir/
put 0644 docs/*.md docs/openapi.json usr/share/doc/weir/
put 0644 dist/debian/weir/copyright usr/share/doc/weir/copyright
gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/weir/changelog.gz"
mkdir -p "$tree/usr/share/man/man1" "$tree/usr/share/bash-completion/completions"
weir help --man | gzip -9nc >"$tree/usr/share/man/man1/weir.1.gz"
weir completion bash >"$tree/usr/share/bash-completion/completions/weir"
pack weir "$version"

[ "${compress[0]}" != -Znone ] || exit 0
say "packing weir-engine $engine_version"
tree=$work/weir-engine
put 0644 "$engine" usr/lib/weir/native/libchdb.so
put 0644 dist/debian/weir-engine/copyright usr/share/doc/weir-engine/copyright
pack weir-engine "$engine_version"
