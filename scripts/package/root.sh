# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A fresh Debian in a folder, with a network of its own that reaches nothing, for trying packages in.
#   make_root DIR       debootstrap; DIR becomes $root
#   in_root COMMAND...  as root in it
#   as USER COMMAND...  as somebody in it
#   stop_root           everything that was mounted, made and started is gone

# What a Debian system has; apt then needs no network to install a package of ours.
root_packages=systemd,procps,curl,openssh-client,ca-certificates,libssl3,libstdc++6,libgcc-s1,tzdata,logrotate,man-db,bash-completion,passwd,init-system-helpers

root="" root_net=""

make_root() {
    root=$1
    root_net=weir-package-$$
    mkdir -p "$root" artifacts/prove
    # What Debian's archive gave is kept: unpacking it again takes seconds.
    local base
    base=artifacts/prove/debian-$(printf '%s' "$root_packages" | sha256sum | cut -c 1-12).tar
    if [ ! -f "$base" ]; then
        quietly artifacts/log/debootstrap.log debootstrap --variant=minbase --include="$root_packages" bookworm "$root"
        tar -C "$root" --one-file-system --xattrs --exclude=./proc/* --exclude=./sys/* -cf "$base.part" .
        mv "$base.part" "$base"
    else
        tar -C "$root" --xattrs -xpf "$base"
    fi
    mount -t proc proc "$root/proc"
    local device
    for device in null zero random urandom; do
        [ -e "$root/dev/$device" ] || : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    # No daemon of the system is started by a package.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 0755 "$root/usr/sbin/policy-rc.d"
    ip netns add "$root_net"
    ip -n "$root_net" link set lo up
}

clean=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)

in_root() { "${clean[@]}" HOME=/root ip netns exec "$root_net" chroot "$root" "$@"; }

as() {
    local user=$1
    shift
    in_root setpriv --reuid "$user" --regid "$user" --init-groups --inh-caps=-all --bounding-set=-all --no-new-privs -- \
        env HOME=/tmp "$@"
}

stop_root() {
    [ -n "$root" ] || return 0
    stop_units
    ip netns delete "$root_net" 2>/dev/null || true
    local at
    while read -r at; do
        umount "$at" || umount -l "$at"
    done < <(awk -v root="$root/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r)
}
