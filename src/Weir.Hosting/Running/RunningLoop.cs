// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Running;

/// <summary>A loop of a component that lives as long as the process.</summary>
internal sealed class RunningLoop(string part, Func<CancellationToken, Task> loop, ProcessFailure failure)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await loop(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException
            || !stoppingToken.IsCancellationRequested)
        {
            failure.Report(part, fault);
        }
    }
}

/// <summary>The failure of something that the process cannot do without: it ends it.</summary>
public sealed class ProcessFailure(IHostApplicationLifetime life, ILogger<ProcessFailure> log)
{
    private Exception? _first;

    /// <summary>What failed first; null where nothing did.</summary>
    public Exception? First => Volatile.Read(ref _first);

    /// <summary>Has the process stop.</summary>
    public void Report(string part, Exception failure)
    {
        if (Interlocked.CompareExchange(ref _first, failure, null) is null)
        {
            log.PartFailed(part, failure.Message);
            life.StopApplication();
        }
    }
}
