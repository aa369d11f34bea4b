#!/bin/bash
# run.sh KERNEL... [-- COMMAND]: boots each kernel in turn and runs test/kernel/ (or COMMAND) in it, as root, in this
# checkout; what is written there is lost. Kernels are Debian's packages, unpacked into a cache, never installed:
#   uml-6.1 uml-6.12 uml-7.2   User-mode Linux of bookworm, trixie and sid (any uml-7.x is the one that sid has now)
#   qemu-6.1 qemu-6.12         the kernels that bookworm and trixie themselves run, in qemu without KVM
# RTNETLINK_KERNELS is the cache, ~/.cache/rtnetlink-kernels by default; RTNETLINK_RESULTS a directory for Jest's JSON;
# RTNETLINK_KERNEL_TIMEOUT the seconds that one kernel may take, 1800 by default, 10800 in qemu.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
checkout=$(readlink -f "$here/../..")
cache=${RTNETLINK_KERNELS:-$HOME/.cache/rtnetlink-kernels}
temporary='' share=''
trap 'rm -rf "$temporary" "$share"' EXIT
# Slower than a machine: a program takes a tenth of a second to start in User-mode Linux. Left out is what depends on the process and
# its threads, not on the kernel's networking; RTNETLINK_KERNEL_ALL=1 runs that as well.
left_out='agents data-flow descriptors dispatcher etc-files files furnish-failures held-order leaks long-names many many-links mistakes names not-objects'
left_out+=' one-tick options-read-once order privileges processes programs readiness reserve route-mistakes routes-listing shown sockets-traffic'
left_out+=' sweep sysctl trace udp waits worker'
tests='node node_modules/jest/bin/jest.js --runInBand --testTimeout=300000 test/kernel --json --outputFile=/run/share/results.json'
if [ -z "${RTNETLINK_KERNEL_ALL:-}" ]; then
  tests+=' --testPathIgnorePatterns /node_modules/'
  for name in $left_out; do tests+=" /kernel/$name.test"; done
fi

main() {
  local kernels=() command=$tests failed=() kernel
  while [ $# -gt 0 ] && [ "$1" != -- ]; do kernels+=("$1"); shift; done
  [ $# -gt 1 ] && command=${*:2}
  [ ${#kernels[@]} -gt 0 ] || { sed -n '2,8s/^# //p' "$0" >&2; exit 2; }
  for kernel in "${kernels[@]}"; do
    local start=$SECONDS
    echo "=== $kernel"
    fetch "$kernel"
    if boot "$kernel" "$command"; then echo "=== $kernel: ok, $((SECONDS - start)) s"
    else echo "=== $kernel: FAILED, $((SECONDS - start)) s"; failed+=("$kernel"); fi
  done
  [ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
}

# ---- packages ---------------------------------------------------------------------------------------------------

# An apt with a state of its own in the cache, with the machine's mirror, for one Debian release.
apt_of() {
  local release=$1 tool=$2 state=$cache/apt/$1
  "$tool" -qq -o Dir::Etc::main=/dev/null -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$state" -o Dir::State::status=/var/lib/dpkg/status \
    -o Dir::Cache="$state/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root "${@:3}"
}

# Where this machine's apt has the archive with a label from ('Debian', 'Debian-Security'): what it understands itself, whether that
# is in sources.list or in deb822 files, and an address or a list of mirrors (mirror+file:...). Nothing if it has none.
archive() {
  local label=$1 state=$cache/apt/machine targets=(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages') found
  found=$("${targets[@]}" | sed -n "s/^$label //p" | sed 1q)
  if [ -z "$found" ]; then
    # Labels come with the lists, which may have been removed, as in images of containers.
    mkdir -p "$state/lists/partial"
    [ -e "$state/updated.$$" ] || apt-get -qq -o Dir::State="$state" -o APT::Sandbox::User=root update >&2 || true
    rm -f "$state"/updated.*
    touch "$state/updated.$$"
    found=$("${targets[@]}" -o Dir::State="$state" | sed -n "s/^$label //p" | sed 1q)
  fi
  printf '%s' "${found%/}"
}

# Looks up what a release has now; once a run.
update() {
  local release=$1 state=$cache/apt/$1 mirror security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -e "$state/updated.$$" ] && return
  mirror=$(archive Debian)
  if [ -z "$mirror" ]; then
    echo "run.sh: apt on this machine has no mirror of Debian, from which the kernels come: see 'apt-get indextargets', /etc/apt/sources.list.d" >&2
    exit 1
  fi
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  echo "deb [signed-by=$keyring] $mirror $release main" >"$state/sources.list"
  security=$(archive Debian-Security)
  [ "$release" = sid ] || [ -z "$security" ] ||
    echo "deb [signed-by=$keyring] $security $release-security main" >>"$state/sources.list"
  apt_of "$release" apt-get update
  rm -f "$state"/updated.*
  touch "$state/updated.$$"
}

# Unpacks packages of a release into a directory, which appears only when it is complete.
unpack() {
  local directory=$1 release=$2 deb
  [ -d "$directory" ] && return
  update "$release"
  temporary=$(mktemp -d "$cache/unpack.XXXXXX")
  mkdir "$temporary/debs" "$temporary/root"
  (cd "$temporary/debs" && apt_of "$release" apt-get download "${@:3}")
  for deb in "$temporary"/debs/*.deb; do dpkg-deb -x "$deb" "$temporary/root"; done
  mv "$temporary/root" "$directory"
  rm -r "$temporary"
}

fetch() {
  local tool
  mkdir -p "$cache"
  unpack "$cache/kmod" bookworm kmod
  for tool in insmod modprobe depmod; do ln -sfn kmod "$cache/kmod/bin/$tool"; done
  case $1 in
    uml-6.1) unpack "$cache/$1" bookworm user-mode-linux ;;
    uml-6.12) unpack "$cache/$1" trixie user-mode-linux; give_c_library "$cache/$1" ;;
    uml-7.*) unpack "$cache/$1" sid user-mode-linux; give_c_library "$cache/$1" ;;
    qemu-6.1) fetch_qemu "$cache/$1" bookworm linux-image-amd64 ;;
    qemu-6.12) fetch_qemu "$cache/$1" trixie linux-image-amd64 ;;
    *) echo "run.sh: no kernel is called $1" >&2; exit 2 ;;
  esac
}

# Later releases are linked with a later C library than this machine may have: they get one of their own.
give_c_library() {
  local linux=$1/usr/bin/linux.uml
  [ -e "$1/patched" ] && return
  unpack "$cache/glibc" trixie libc6
  unpack "$cache/patchelf" bookworm patchelf
  "$cache/patchelf/usr/bin/patchelf" --set-interpreter "$cache/glibc/usr/lib64/ld-linux-x86-64.so.2" \
    --force-rpath --set-rpath "$cache/glibc/usr/lib/x86_64-linux-gnu" "$linux"
  touch "$1/patched"
}

# A kernel's package has its version in its name, and the one that is asked for here depends on what the release has now. What runs
# on this machine comes from bookworm, which is linked with an old C library.
fetch_qemu() {
  local directory=$1 release=$2 newest=$3 image packages
  [ -d "$directory" ] && return
  update "$release"
  image=$(apt_of "$release" apt-cache depends "$newest" | sed -n 's/^ *Depends: //p' | sed 1q)
  unpack "$cache/busybox" bookworm busybox-static
  unpack "$directory.unpacked" "$release" "$image"
  [ -e "$directory.unpacked/lib" ] || ln -s usr/lib "$directory.unpacked/lib" # trixie has /lib in /usr
  # Trixie compresses modules, which takes long to undo in qemu, and which the initial RAM disk has no program for.
  find "$directory.unpacked/lib/modules/" -name '*.ko.xz' -exec "$cache/busybox/bin/busybox" unxz -f {} +
  "$cache/kmod/bin/depmod" -b "$directory.unpacked" "$(ls "$directory.unpacked/lib/modules")"
  if ! command -v qemu-system-x86_64 >/dev/null && [ ! -d "$cache/qemu" ]; then
    update bookworm
    # With all that it needs and that is not installed.
    packages=$(apt_of bookworm apt-get -s --no-install-recommends install qemu-system-x86 | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
    unpack "$cache/qemu" bookworm $packages
  fi
  mv "$directory.unpacked" "$directory"
}

# ---- kernels ----------------------------------------------------------------------------------------------------

# Boots a kernel with guest.sh as its first process, which runs a command; passes on its output and its status.
boot() {
  local kernel=$1 command=$2 status=0
  share=$(mktemp -d)
  {
    echo "cd '$checkout'"
    echo "export PATH='$PATH' HOME=/root LANG=C.UTF-8 NO_COLOR=1 CI='${CI:-}' RTNETLINK_REQUIRE_ORACLES='${RTNETLINK_REQUIRE_ORACLES:-}'"
    echo "uname -sr"
    echo "$command"
  } >"$share/command"
  case $kernel in uml-*) boot_uml "$@" ;; *) boot_qemu "$@" ;; esac || status=$?
  if [ -e "$share/status" ]; then
    status=$(cat "$share/status")
  else
    [ "$status" = 124 ] && echo "run.sh: $kernel ran out of time"
    echo "run.sh: $kernel ended without a result; the end of its console:"
    tail -n 25 "$share/console"
    status=1
  fi
  [ -n "${RTNETLINK_RESULTS:-}" ] && [ -e "$share/results.json" ] && cp "$share/results.json" "$RTNETLINK_RESULTS/$kernel.json"
  rm -r "$share"
  return "$status"
}

# The root of User-mode Linux is this machine's.
boot_uml() {
  local directory=$cache/$1
  TMPDIR=/dev/shm limited 1800 "$directory/usr/bin/linux.uml" mem=1024M rootfstype=hostfs rootflags=/ ro init="$here/guest.sh" quiet \
    MACHINE=uml SHARE="$share" MODULES="$directory/usr/lib/uml/modules" KMOD="$cache/kmod/bin" \
    uml_dir="$share/" umid=uml con=null con0=null,fd:4 con1=null,fd:3 3>&1 4>>"$share/console" >>"$share/console" 2>&1
}

# The root of the virtual machine is this machine's, over 9p, mounted from an initial RAM disk that has the modules for it.
boot_qemu() {
  local directory=$cache/$1 initrd=$share/initrd version name module modules='' qemu=(qemu-system-x86_64)
  if [ -d "$cache/qemu" ]; then
    qemu=(env LD_LIBRARY_PATH="$cache/qemu/lib/x86_64-linux-gnu:$cache/qemu/usr/lib/x86_64-linux-gnu"
      "$cache/qemu/usr/bin/qemu-system-x86_64" -L "$cache/qemu/usr/share/qemu" -L "$cache/qemu/usr/share/seabios")
  fi
  version=$(ls "$directory/lib/modules")
  mkdir -p "$initrd"/{bin,dev,mnt,modules,proc}
  cp "$cache/busybox/bin/busybox" "$initrd/bin/"
  for name in sh mount mkdir insmod switch_root uname; do ln -s busybox "$initrd/bin/$name"; done
  cp "$here/guest.sh" "$initrd/init"
  for name in virtio_pci 9pnet_virtio 9p overlay; do
    for module in $(needed "$directory/lib/modules/$version" "$name"); do
      case " $modules " in *" $module "*) ;; *) modules+=" $module" ;; esac
    done
  done
  for module in $modules; do
    cp "$directory/lib/modules/$version/$module" "$initrd/modules/$(printf %02d "$(ls "$initrd/modules" | wc -l)")-${module##*/}"
  done
  (cd "$initrd" && find . | "$cache/busybox/bin/busybox" cpio -o -H newc) >"$share/initrd.img" 2>>"$share/console"
  limited 10800 "${qemu[@]}" \
    -nodefaults -no-user-config -no-reboot -display none -M pc -cpu max -m 1024 -accel tcg,tb-size=512 \
    -kernel "$directory/boot/vmlinuz-$version" -initrd "$share/initrd.img" -device virtio-rng-pci \
    -fsdev local,id=root,path=/,security_model=none,multidevs=remap,readonly=on -device virtio-9p-pci,fsdev=root,mount_tag=root \
    -fsdev "local,id=share,path=$share,security_model=none" -device virtio-9p-pci,fsdev=share,mount_tag=share \
    -serial "file:$share/console" -serial stdio \
    -append "console=ttyS0 quiet panic=-1 mitigations=off nokaslr MACHINE=qemu SHARE=$share GUEST=$here/guest.sh MODULES=$directory/lib/modules KMOD=$cache/kmod/bin" \
    2>>"$share/console"
}

# The files of a module and of all that it needs, those first.
needed() {
  local modules=$1 name=$2 line
  line=$(grep -E "/$name\.ko:" "$modules/modules.dep") || return 0 # built in
  echo "${line%%:*} ${line#*:}" | tr ' ' '\n' | sed '/^$/d' | tac
}

limited() {
  local seconds=$1
  timeout --foreground -k 5 "${RTNETLINK_KERNEL_TIMEOUT:-$seconds}" "${@:2}" </dev/null
}

main "$@"; exit
