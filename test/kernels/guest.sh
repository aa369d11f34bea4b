#!/bin/sh
# The first process of a kernel that run.sh boots. From the kernel's command line: MACHINE (uml, qemu), SHARE (the
# directory with the command, for its status), MODULES (where this kernel's are), KMOD
# (the directory of insmod and modprobe).
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# First stage, on the bare root: lay a tmpfs over the machine's files and make that the root.
if [ -z "$STAGE" ]; then
  export STAGE=2
  mount -t proc proc /proc
  mount -t tmpfs tmpfs /mnt
  mkdir /mnt/lower /mnt/upper /mnt/work /mnt/root
  if [ "$MACHINE" = uml ]; then
    "$KMOD/insmod" "$MODULES/$(uname -r)/kernel/fs/overlayfs/overlay.ko"
    mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
    cd /mnt/root
    mkdir .old
    pivot_root . .old # not a chroot: user namespaces are refused in one
    exec chroot . "$0"
  fi
  for module in /modules/*; do insmod "$module"; done
  mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=262144,cache=loose root /mnt/lower
  mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
  exec switch_root /mnt/root "$GUEST"
fi

# Second stage: what an init would do, as little of it as the tests need.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm /dev/net
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
[ -c /dev/net/tun ] || mknod /dev/net/tun c 10 200
for link in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -sfn "/proc/self/${link#*:}" "/dev/${link%:*}"; done
mount -t tmpfs tmpfs /run
mkdir /run/share
case $MACHINE in
  uml) mount -t hostfs -o "$SHARE" share /run/share && terminal=/dev/tty1 ;;
  qemu) mount -t 9p -o trans=virtio,version=9p2000.L share /run/share && terminal=/dev/ttyS1 ;;
esac
umount -l /.old 2>/dev/null

# What the kernel runs to load a module.
mkdir -p /lib/modules
ln -sfn "$MODULES/$(uname -r)" "/lib/modules/$(uname -r)"
echo "$KMOD/modprobe" >/proc/sys/kernel/modprobe
"$KMOD/modprobe" -q ipv6

# A device of each kind of tunnel in every namespace, once a test has loaded it, would cost each later one a second.
echo 1 >/proc/sys/net/core/fb_tunnels_only_for_init_net

stty -F $terminal -opost
ip link set lo up
{
  bash /run/share/command </dev/null
  echo $? >/run/share/status
} 2>&1 | cat >$terminal # a pipe: programs should not take it for a person's terminal
sync
echo o >/proc/sysrq-trigger
sleep 60
