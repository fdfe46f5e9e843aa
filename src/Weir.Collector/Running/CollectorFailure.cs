// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Running;

/// <summary>The failure of something that collecting cannot do without: it ends the process.</summary>
internal sealed class CollectorFailure(IHostApplicationLifetime life, ILogger<CollectorFailure> log)
{
    private Exception? _first;

    /// <summary>What failed first; null where nothing did.</summary>
    public Exception? First => Volatile.Read(ref _first);

    public void Report(string part, Exception failure)
    {
        if (Interlocked.CompareExchange(ref _first, failure, null) is null)
        {
            log.PartFailed(part, failure.Message);
            life.StopApplication();
        }
    }
}
