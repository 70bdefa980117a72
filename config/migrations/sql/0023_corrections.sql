-- A correcting entry of a case, and taking back what two people booked: asked by one, released by another. Who decides
-- is held by `release_by_second_person`, whatever is asked for.
ALTER TABLE difference_step DROP CONSTRAINT difference_step_kind;
ALTER TABLE difference_step ADD CONSTRAINT difference_step_kind CHECK (kind IN
    ('assigned', 'note', 'due', 'file_requested', 'accepted', 'rejected', 'matched', 'split', 'written_off',
     'release_asked', 'release_refused', 'release_withdrawn', 'undone', 'reopened', 'corrected'));

ALTER TABLE release_request DROP CONSTRAINT release_request_kind;
ALTER TABLE release_request ADD CONSTRAINT release_request_kind CHECK (kind IN
    ('accept', 'match', 'split', 'write_off', 'send_back', 'correct', 'take_back'));
-- A reversal is of an entry, and books nothing else.
ALTER TABLE release_request ADD CONSTRAINT release_request_takes_back CHECK
    (kind <> 'take_back' OR (postings = '[]' AND jsonb_typeof(codes -> 'entry') = 'number' AND codes ? 'step'));
ALTER TABLE release_request ADD CONSTRAINT release_request_corrects CHECK (kind <> 'correct' OR postings <> '[]');
