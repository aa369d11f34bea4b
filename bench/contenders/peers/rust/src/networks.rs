//! The networks are those of plan.ts.

use futures::future::try_join_all;
use futures::stream::TryStreamExt;
use nix::mount::{mount, umount2, MntFlags, MsFlags};
use nix::sched::{setns, unshare, CloneFlags};
use rtnetlink::packet::nlas::link::{Info, InfoData, InfoKind, Nla, VethInfo};
use rtnetlink::packet::LinkMessage;
use rtnetlink::{new_connection, Handle};
use std::fs::{read_to_string, remove_file, File};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsRawFd;
use std::time::Duration;

use crate::Outcome;

const NONE: Option<&str> = None;
const LO: u32 = 1;

pub async fn set_up(count: u32, prefix: &str, bridge: &str, at_once: bool) -> Outcome<usize> {
    let home = File::open("/proc/thread-self/ns/net")?;
    let (connection, host, _) = new_connection()?;
    tokio::task::spawn_local(connection);
    let bridge = index_of(&host, bridge).await?;
    if at_once {
        try_join_all((0..count).map(|number| make_network(number, prefix, &home, &host, bridge))).await?;
    } else {
        for number in 0..count {
            make_network(number, prefix, &home, &host, bridge).await?;
        }
    }
    Ok(0)
}

pub async fn index_of(handle: &Handle, name: &str) -> Outcome<u32> {
    let found = handle.link().get().match_name(name.into()).execute().try_next().await?;
    Ok(found.ok_or("there is no such link")?.header.index)
}

/// Makes a namespace and a connection inside. NetworkNamespace::add would start a process for it.
fn make_namespace(path: &str, home: &File) -> Outcome<(File, Handle)> {
    unshare(CloneFlags::CLONE_NEWNET)?;
    let namespace = File::open("/proc/thread-self/ns/net")?;
    let (connection, inside, _) = new_connection()?;
    setns(home.as_raw_fd(), CloneFlags::CLONE_NEWNET)?;
    tokio::task::spawn_local(connection);
    File::create(path)?;
    mount(Some(format!("/proc/self/fd/{}", namespace.as_raw_fd()).as_str()), path, NONE, MsFlags::MS_BIND, NONE)?;
    Ok((namespace, inside))
}

async fn make_network(number: u32, prefix: &str, home: &File, host: &Handle, bridge: u32) -> Outcome<()> {
    let (namespace, inside) = make_namespace(&format!("/run/netns/{prefix}{number}"), home)?;

    let mut peer = LinkMessage::default();
    peer.nlas.push(Nla::IfName("eth0".into()));
    peer.nlas.push(Nla::NetNsFd(namespace.as_raw_fd()));
    let mut pair = host.link().add();
    let message = pair.message_mut();
    message.header.flags |= 1;
    message.header.change_mask |= 1;
    message.nlas.push(Nla::IfName(format!("veth{number}")));
    message.nlas.push(Nla::Master(bridge));
    let data = Info::Data(InfoData::Veth(VethInfo::Peer(peer)));
    message.nlas.push(Nla::Info(vec![Info::Kind(InfoKind::Veth), data]));
    pair.execute().await?;

    inside.link().set(LO).up().execute().await?;
    let eth0 = index_of(&inside, "eth0").await?;
    inside.link().set(eth0).up().execute().await?;
    let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 200, 0, 1)) + number);
    inside.address().add(eth0, IpAddr::V4(address), 16).execute().await?;
    inside.route().add().v4().gateway(Ipv4Addr::new(10, 200, 255, 254)).execute().await?;
    Ok(())
}

pub fn tear_down(count: u32, prefix: &str) -> Outcome<usize> {
    for number in 0..count {
        let path = format!("/run/netns/{prefix}{number}");
        umount2(path.as_str(), MntFlags::MNT_DETACH)?;
        remove_file(path)?;
    }
    // Looks where it needs no lock of the kernel's.
    while read_to_string("/proc/self/net/dev")?.contains("veth") {
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(0)
}
