namespace Postseal.Server.Store;

/// <summary>Says once that the store fails, and once that it works again, however many visitors meet it meanwhile.</summary>
/// <param name="meter">Shows it; null for nowhere: of two meters of one name only one is seen.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Hears of it.</param>
public sealed class StoreAlarm(StoreMeter? meter, TimeProvider clock, ILogger log)
{
    // A disk that is full to the brim takes one small write and refuses the next large one.
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private bool _readsFail;
    private bool _writesFail;
    private bool _isSaid;
    private long? _saidAt;

    /// <summary>Whether what was to be written last could not be.</summary>
    public bool WritesFail => Volatile.Read(ref _writesFail);

    /// <summary>Reading failed.</summary>
    public void ReadFailed(string reason) => Failed(ref _readsFail, "read from", reason);

    /// <summary>Writing failed.</summary>
    public void WriteFailed(string reason) => Failed(ref _writesFail, "written to", reason);

    /// <summary>Reading worked.</summary>
    public void ReadWorked() => Worked(ref _readsFail);

    /// <summary>Something was written.</summary>
    public void WriteWorked() => Worked(ref _writesFail);

    private void Failed(ref bool fails, string what, string reason)
    {
        lock (_gate)
        {
            fails = true;
            meter?.Failed();
            meter?.Fails(true);
            if (_isSaid || (_saidAt is { } at && clock.GetElapsedTime(at) < AtMostEvery))
                return;

            (_isSaid, _saidAt) = (true, clock.GetTimestamp());
            StoreLog.Fails(log, what, reason);
        }
    }

    private void Worked(ref bool fails)
    {
        if (!Volatile.Read(ref fails))
            return;

        lock (_gate)
        {
            fails = false;
            if (_readsFail || _writesFail)
                return;

            meter?.Fails(false);
            if (_isSaid)
                StoreLog.Works(log);
            _isSaid = false;
        }
    }
}
