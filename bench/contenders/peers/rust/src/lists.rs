use futures::stream::TryStreamExt;
use rtnetlink::{new_connection, IpVersion};

use crate::Outcome;

const AF_BRIDGE: u8 = 7;

/// Lists a table into a vector, and tells how many rows there were.
pub async fn list(table: &str) -> Outcome<usize> {
    let (connection, handle, _) = new_connection()?;
    tokio::task::spawn_local(connection);
    Ok(match table {
        "routes" => handle.route().get(IpVersion::V4).execute().try_collect::<Vec<_>>().await?.len(),
        "links" => handle.link().get().execute().try_collect::<Vec<_>>().await?.len(),
        "neighbors" => handle.neighbours().get().execute().try_collect::<Vec<_>>().await?.len(),
        "forwarding" => {
            let mut request = handle.neighbours().get();
            request.message_mut().header.family = AF_BRIDGE;
            request.execute().try_collect::<Vec<_>>().await?.len()
        }
        _ => return Err("there is no such table".into()),
    })
}
