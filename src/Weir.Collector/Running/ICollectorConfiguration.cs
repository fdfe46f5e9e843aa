// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Owning;
using Weir.Hosting.Auditing;
using Weir.Hosting.Sections;

namespace Weir.Collector.Running;

/// <summary>The sections of <c>weir.yaml</c> that the collector reads.</summary>
public interface ICollectorConfiguration
{
    /// <summary>Sockets.</summary>
    UdpOptions Collecting { get; }

    /// <summary>Templates and exporters.</summary>
    DecodingOptions Decoding { get; }

    /// <summary>The provider's networks.</summary>
    AttributingOptions Attributing { get; }

    /// <summary>Which collector owns which network.</summary>
    OwnersOptions Owners { get; }

    /// <summary>Counters and rules.</summary>
    DetectingOptions Detecting { get; }

    /// <summary>Sums before they reach the store.</summary>
    DigestOptions Digesting { get; }

    /// <summary>The ring of raw flows.</summary>
    RingOptions Evidence { get; }

    /// <summary>The spool, and how old a flow may be.</summary>
    StoreOptions Store { get; }

    /// <summary>How long the collector's own chain is kept.</summary>
    AuditOptions Auditing { get; }
}
